export type { BatchLimits, Results } from './core/batcher.ts';
export type { Datatype, TensorData, WireTensor } from './core/datatypes.ts';
export { decodeElements, encodeElements, requireDatatype } from './core/datatypes.ts';
export { type ServerErrorCode, serverError } from './core/error.ts';
export type { InferOptions, Model, ModelOptions } from './core/model.ts';
export type {
  BatchReport,
  ModelId,
  Observer,
  RequestReport,
  ScoredReport,
} from './core/observer.ts';
export {
  type IndexEntry,
  type ModelRepository,
  type RepositoryOptions,
  openRepository,
} from './core/repository.ts';
export { type ModelSource, parseSource } from './core/source.ts';
export type { ModelStatistics } from './core/statistics.ts';
export type { TensorMetadata } from './core/tensors.ts';
export {
  type OptionName,
  type ServeOption,
  type ServeSettings,
  flagOf,
  optionNames,
  serveOptions,
  settle,
  tellOption,
  variableOf,
} from './options.ts';
export { type ServeContext, readConfig, serve } from './serve.ts';
