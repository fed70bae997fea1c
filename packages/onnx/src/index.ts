export {
  type Artifact,
  type ArtifactToWrite,
  type LogEntry,
  type ManifestFields,
  artifactFiles,
  readArtifact,
  readTrainingLog,
  writeArtifact,
} from './artifact/artifact.ts';
export type { Example, Examples, ItemExample } from './artifact/examples.ts';
export { readParameters } from './artifact/read-parameters.ts';
export { plainName } from './artifact/manifest.ts';
export type {
  Ancestor,
  Calibration,
  InputColumn,
  InputSummary,
  Json,
  Manifest,
  Normaliser,
  Preparation,
  TensorSpec,
  Threshold,
} from './artifact/manifest.ts';
export { type EncodeOptions, encodeOnnx } from './encode.ts';
export type { OnnxErrorCode } from './error.ts';
export { requireReplaceable, writeFileAtomic } from './write-file.ts';
