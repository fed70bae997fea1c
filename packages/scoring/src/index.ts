export { type Answering, type CollectOptions, collectExamples } from './collect-examples.ts';
export type { Value } from './columns.ts';
export type { ScoringErrorCode } from './error.ts';
export { type ColumnDrift, type Drift, driftOf, grossDrift, tellColumn } from './drift.ts';
export { type InputMeasure, inputMeasures } from './input-measures.ts';
export {
  type CollectedInputs,
  type InputCollector,
  collectInputs,
  summariseInputs,
  watched,
} from './input-summary.ts';
export {
  type ColumnShare,
  type ExplainOptions,
  type ExplainedPictures,
  type Explanation,
  type ItemUse,
  explain,
} from './explain.ts';
export {
  type Judged,
  type Judgement,
  type ThresholdWish,
  adviceOn,
  defaultFalseAlarms,
  inRule,
  judge,
  judgementOf,
} from './judgement.ts';
export {
  type Heat,
  type Pixels,
  encodePng,
  heatPixels,
  heatScale,
  pixelsOf,
  placeErrors,
} from './pictures.ts';
export { type StepScores, stepOutputs, stepScores } from './step-scores.ts';
export { type SamplesOptions, samplesFor } from './samples-for.ts';
export { type FrameScore, type ScoreLiveOptions, scoreLive } from './score-live.ts';
export {
  type InMemoryOptions,
  type Intake,
  type NamedBytes,
  type RowOptions,
  type Rows,
  decodePictures,
  frameSamples,
  intakeOf,
  pictureSamples,
  rowSamples,
  withSeries,
} from './samples-in-memory.ts';
export {
  type Answers,
  type Runnable,
  type Scored,
  type Scorer,
  type ScorerOptions,
  openScorer,
} from './scorer.ts';
export { type NamedSample, batchesOf, sampleOf } from './views.ts';
export { withFile } from './with-file.ts';
