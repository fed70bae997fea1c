export { type AdamOptions, adam } from './adam.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export { type CheckpointStore, fileCheckpoints } from './checkpoint-store.ts';
export { type NormalDecision, decideFromNormal, withDecision } from './decision.ts';
export {
  type Detector,
  type FitContext,
  type FittedDetector,
  type ScoreProgram,
  type ScoredDataset,
  fitted,
  scoreDataset,
  scoreSamples,
} from './detector.ts';
export type { EpochReport } from './epoch-meter.ts';
export { type Optimizer, trainable } from './optimizer.ts';
export {
  type Option,
  type OptionTable,
  type OptionsOf,
  type RawOptions,
  type SettledOf,
  describeOption,
  resolveOptions,
} from './options.ts';
export {
  type AnyDetectorPlugin,
  type DataKind,
  type DetectorPlugin,
  type PluginDefinition,
  type Registry,
  createRegistry,
  definePlugin,
} from './plugin.ts';
export type { Fingerprint } from './progress.ts';
export { readProgress } from './read-progress.ts';
export type { EpochState, Objective, StepPlace, StepReport, TrainPlan, Trained } from './plan.ts';
export { train } from './train.ts';
