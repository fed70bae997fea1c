// Frame-level AUROC of videos. Micro joins all frames into one list; macro is the mean over videos of each
// one's own AUROC. Where a video has normal frames only, or anomalous ones only, it has no AUROC: the usual
// evaluators (Georgescu et al., TPAMI 2021; Ristea et al., CVPR 2024) put a normal frame with score 0 and an
// anomalous one with score 1 beside the frames of *every* video, whose scores lie in [0, 1] by then.

import { metricError } from './errors.ts';
import { rocAuc } from './roc.ts';
import { type Video, joinVideos, normaliseVideos, rangeOf, requireVideos } from './video.ts';

export interface FrameAurocOptions {
  /**
   * `pad`, the default, gives every video one more normal frame, with the video's lowest score, and one
   * more anomalous frame, with its highest: what the usual evaluators do, at any scale of scores.
   * `leave-out` takes the plain mean over the videos that have both kinds of frames.
   */
  readonly macro?: 'pad' | 'leave-out';
}

export interface FrameAuroc {
  /** Of all frames joined, scores as they are. */
  readonly micro: number;
  /** Of all frames joined, after `normaliseVideos`: the figure of the paper's Table 2. */
  readonly microNormalised: number;
  /** `microNormalised` taken apart; `null` unless some videos are anomalous throughout and others in part. */
  readonly parts: NormalisedParts | null;
  /** The mean over videos; scaling each video on its own does not change it. */
  readonly macro: number;
  /** Videos with one kind of frame only: padded, or left out of `macro`. */
  readonly singleClass: readonly string[];
  /** Videos whose scores are all equal, which normalisation sets to 0. */
  readonly constant: readonly string[];
}

/**
 * Scaling gives every video scores from 0 to 1, one without a normal frame as well. So what becomes of its frames is the
 * shape of its scores, not whether they are higher than those of normal frames.
 */
export interface NormalisedParts {
  /** Of the anomalous frames, the share in videos that have no others. */
  readonly share: number;
  /** Of these frames against the normal ones of all videos. */
  readonly throughout: number;
  /** Of the other anomalous frames against the same; `share` · `throughout` + (1 − `share`) · `others` is the whole. */
  readonly others: number;
}

/**
 * Frame-level AUROC, micro and macro, raw and normalised.
 * @param videos each with a score and a label a frame
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_LENGTH_MISMATCH`, `METRIC_BAD_LABEL` naming the
 *   video; `METRIC_SINGLE_CLASS` when the videos together have one kind of frame only, or when `leave-out`
 *   leaves none
 */
export function frameAuroc(
  videos: readonly Video[],
  { macro = 'pad' }: FrameAurocOptions = {},
): FrameAuroc {
  requireVideos(videos);
  const joined = joinVideos(videos);
  const scaled = normaliseVideos(videos);
  const normalised = joinVideos(scaled);
  const single = videos.filter(hasOneClass);
  const micro = rocAuc(joined.scores, joined.labels);
  const measured = macro === 'pad' ? videos.map(padded) : videos.filter((v) => !single.includes(v));
  if (measured.length === 0) {
    throw metricError(
      'METRIC_SINGLE_CLASS',
      'No video has both normal and anomalous frames, so none has an AUROC of its own. Measure with macro: "pad".',
    );
  }
  const areas = measured.map(({ scores, labels }) => rocAuc(scores, labels));
  return {
    micro,
    microNormalised: rocAuc(normalised.scores, normalised.labels),
    parts: partsOf(scaled),
    macro: areas.reduce((sum, area) => sum + area, 0) / areas.length,
    singleClass: single.map(({ name }) => name),
    constant: videos.filter(isConstant).map(({ name }) => name),
  };
}

function partsOf(scaled: readonly Video[]): NormalisedParts | null {
  const throughout = scaled.filter(({ labels }) =>
    Array.from(labels).every((label) => label === 1),
  );
  const others = joinVideos(scaled.filter((video) => !throughout.includes(video)));
  const wild = joinVideos(throughout).scores;
  const normal = others.scores.filter((_, i) => others.labels[i] === 0);
  const found = others.scores.length - normal.length;
  if (wild.length === 0 || found === 0) return null;
  return {
    share: wild.length / (wild.length + found),
    throughout: rocAuc(
      [...wild, ...normal],
      [...Array.from(wild, () => 1), ...Array.from(normal, () => 0)],
    ),
    others: rocAuc(others.scores, others.labels),
  };
}

function padded({ name, scores, labels }: Video): Video {
  const { low, high } = rangeOf(scores);
  return {
    name,
    scores: [...Array.from(scores), low, high],
    labels: [...Array.from(labels), 0, 1],
  };
}

function hasOneClass({ labels }: Video): boolean {
  return Array.from(labels).every((label) => label === labels[0]);
}

function isConstant({ scores }: Video): boolean {
  const { low, high } = rangeOf(scores);
  return low === high;
}
