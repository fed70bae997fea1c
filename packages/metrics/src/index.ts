export { averagePrecision } from './average-precision.ts';
export {
  type Normaliser,
  type NormaliserOptions,
  normaliseNext,
  normaliseStream,
  startNormaliser,
} from './causal-normaliser.ts';
export { type Confusion, confusionAt } from './confusion.ts';
export { type EqualErrorRate, equalErrorRate } from './equal-error-rate.ts';
export { type MetricErrorCode } from './errors.ts';
export { type F1Max, f1Max } from './f1-max.ts';
export { type FrameAuroc, type FrameAurocOptions, frameAuroc } from './frame-auroc.ts';
export { type Bin, histogram } from './histogram.ts';
export { type PixelMap, type PixelMeasures, measurePixels } from './pixel-measures.ts';
export { type RocPoint, rocAuc, rocCurve } from './roc.ts';
export { type Summary, summarize } from './summarize.ts';
export { thresholdForFraction, thresholdFromLabels, thresholdFromNormal } from './thresholds.ts';
export { type Frames, type Video, groupByVideo, joinVideos, normaliseVideos } from './video.ts';
