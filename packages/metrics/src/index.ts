export { averagePrecision } from './average-precision.ts';
export { type Confusion, confusionAt } from './confusion.ts';
export { type MetricErrorCode } from './errors.ts';
export { type F1Max, f1Max } from './f1-max.ts';
export { type Bin, histogram } from './histogram.ts';
export { type RocPoint, rocAuc, rocCurve } from './roc.ts';
export { type Summary, summarize } from './summarize.ts';
export { thresholdForFraction, thresholdFromLabels, thresholdFromNormal } from './thresholds.ts';
