export {
  type AlarmEvent,
  type AlarmInterval,
  type AlarmTrack,
  endTrack,
  startTrack,
  trackAlarm,
} from './alarm-intervals.ts';
export { type Alarm, type AlarmOptions, nextAlarm, startAlarm } from './alarms.ts';
export { averagePrecision } from './average-precision.ts';
export {
  type Calibration,
  type LabelledCalibration,
  calibrate,
  calibrateLabelled,
  rankAt,
} from './calibration.ts';
export {
  type Normaliser,
  type NormaliserOptions,
  normaliseNext,
  normaliseStream,
  startNormaliser,
} from './causal-normaliser.ts';
export { type ChiSquareTest, chiSquareTest } from './chi-square.ts';
export { conformalPValues } from './conformal.ts';
export { type Confusion, confusionAt } from './confusion.ts';
export { type EqualErrorRate, equalErrorRate } from './equal-error-rate.ts';
export { type MetricErrorCode } from './errors.ts';
export { expectedFalseAlarms, smallestFalseAlarms } from './expected-rate.ts';
export { type F1Max, f1Max } from './f1-max.ts';
export {
  type FrameAuroc,
  type FrameAurocOptions,
  type NormalisedParts,
  frameAuroc,
} from './frame-auroc.ts';
export { type GeneralisedPareto, fitGeneralisedPareto } from './generalised-pareto.ts';
export { type Bin, histogram } from './histogram.ts';
export { holm } from './holm.ts';
export {
  type KeptValues,
  type RankedValues,
  type TwoSampleTest,
  keepEvenly,
  kolmogorovSmirnov,
  rankedEvenly,
  rankedScores,
} from './kolmogorov-smirnov.ts';
export { type Decision, normaliseScores, withSensitivity } from './normalised-score.ts';
export { type PixelMap, type PixelMeasures, measurePixels } from './pixel-measures.ts';
export { type RocPoint, rocAuc, rocCurve } from './roc.ts';
export { type Share, compareShares, shareInterval } from './shares.ts';
export { type Summary, summarize } from './summarize.ts';
export {
  type NormalRule,
  type ThresholdChoice,
  type ThresholdRule,
  chooseThreshold,
  normalRules,
  thresholdRules,
} from './threshold-rule.ts';
export { thresholdForFraction, thresholdFromLabels, thresholdFromNormal } from './thresholds.ts';
export { type Frames, type Video, groupByVideo, joinVideos, normaliseVideos } from './video.ts';
