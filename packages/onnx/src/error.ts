// The codes this package's errors carry.

import { MemaeError } from '@memae/graph';

export type OnnxErrorCode =
  /** The lowering is not valid for that operator set. */
  | 'ONNX_UNSUPPORTED_OPSET'
  /** Two of a model's inputs, parameters and outputs share a name, or one has none. */
  | 'ONNX_DUPLICATE_NAME'
  /** A shape contains the batch, but no input has that axis. */
  | 'ONNX_UNKNOWN_BATCH'
  /** A file cannot be written: no right to, or no room. What was there before is still there. */
  | 'FILE_UNWRITABLE'
  /** An artifact's folder cannot be written. What was there before is still there. */
  | 'ARTIFACT_UNWRITABLE'
  /** What is to be written is no valid artifact. */
  | 'ARTIFACT_INVALID'
  /** No artifact in that folder, or part of it is missing. */
  | 'ARTIFACT_NOT_FOUND'
  /** The file system refuses to read the artifact. */
  | 'ARTIFACT_UNREADABLE'
  /** The artifact is there but broken: changed, cut short, or its parts do not fit together. */
  | 'ARTIFACT_CORRUPT'
  /** The artifact was written by a newer version of the library. */
  | 'ARTIFACT_TOO_NEW';

/** An error of this package. */
export function onnxError(
  code: OnnxErrorCode,
  message: string,
  cause?: unknown,
): MemaeError<OnnxErrorCode> {
  return new MemaeError(code, message, cause === undefined ? undefined : { cause });
}

/** What went wrong, in words, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
