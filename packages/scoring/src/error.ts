// The codes this package's errors carry.

import { MemaeError } from '@memae/graph';

export type ScoringErrorCode =
  /** The samples are not of the shape or type that the model takes. */
  | 'SCORING_SHAPE_MISMATCH'
  /** Samples of another kind than the model takes: rows where it takes pictures. */
  | 'SCORING_WRONG_KIND'
  /** The model gave a score that is no finite number. */
  | 'SCORING_NOT_FINITE'
  /** The model keeps no scores by which the threshold asked for could be chosen. */
  | 'SCORING_NO_CALIBRATION'
  /** Wishes that contradict each other. */
  | 'SCORING_BAD_OPTION';

export function scoringError(
  code: ScoringErrorCode,
  message: string,
): MemaeError<ScoringErrorCode> {
  return new MemaeError(code, message);
}
