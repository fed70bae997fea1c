export {
  type Comparison,
  type ComparisonProgress,
  type DataFacts,
  type Example,
  type ExportedModel,
  type MemoryPictures,
  type MethodOutcome,
  type TestFacts,
  type View,
} from './compare/comparison.ts';
export { type ExampleCounts } from './compare/examples.ts';
export { type ComparisonOptions, runComparison } from './compare/run-comparison.ts';
export { type MethodToCompare } from './compare/run-method.ts';
export { type ExperimentErrorCode } from './error.ts';
export { type ReportContext, renderReport } from './report/render-report.ts';
export { artifactOf } from './start/artifact-of.ts';
// What the command `memae start` runs: it needs only an open engine, a clock and where to print.
export { type StartOptions, type StartOutcome, type StartProgress, start } from './start/start.ts';
