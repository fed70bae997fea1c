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
export {
  type PublishedRow,
  type PublishedTable,
  publishedAblation,
  publishedImages,
  publishedIntrusion,
  publishedMemorySize,
  publishedVideos,
} from './paper/published.ts';
export {
  type ExplainedSample,
  type ExplanationsContext,
  renderExplanations,
} from './report/explanations-page.ts';
export { type ReportContext, renderReport } from './report/render-report.ts';
export {
  type BudgetName,
  type Effort,
  type Experiment,
  experiments,
  findExperiment,
} from './reproduce/experiments.ts';
export { type DataFindings, type Findings } from './reproduce/findings.ts';
export { type MethodFindings } from './reproduce/method-findings.ts';
export { type Request } from './reproduce/plan.ts';
// What the command `memae reproduce` runs, and how the report alone is made from what it left.
export {
  type ReproduceOptions,
  type ReproduceProgress,
  reportOn,
  reproduce,
} from './reproduce/reproduce.ts';
export { type Written } from './reproduce/write-reports.ts';
export { artifactOf } from './start/artifact-of.ts';
// What the command `memae start` runs: it needs only an open engine, a clock and where to print.
export { type StartOptions, type StartOutcome, type StartProgress, start } from './start/start.ts';
export {
  type AllAnswered,
  type Answered,
  type MeasureAnswersOptions,
  type Measured,
  measureAnswers,
} from './trials/measure-answers.ts';
export {
  type Columns,
  type Measure,
  mainMeasureOf,
  measureScores,
  measuresOf,
} from './trials/measures.ts';
export { type TrialData, type TrialRow, readRows } from './trials/rows.ts';
export { type Budget, type Reading, type Trial } from './trials/trial.ts';
export { masksOf } from './trials/videos.ts';
