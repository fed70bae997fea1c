// The codes this package's errors carry.

import { MemaeError } from '@memae/graph';

export type DatasetErrorCode =
  /** No data of that name or at that path. */
  | 'DATASET_NOT_FOUND'
  /** The data is there but broken, or its parts do not fit together. */
  | 'DATASET_CORRUPT'
  /** The program that reads videos is not there. */
  | 'DATASET_NO_FFMPEG'
  /** Too few samples, or a class that is not there. */
  | 'DATASET_EMPTY'
  /** No mirror gave the file whole and right. */
  | 'DATASET_DOWNLOAD_FAILED'
  /** What was fetched or drawn cannot be written: no right to, or no room. */
  | 'DATASET_UNWRITABLE'
  /** An option outside of what it may be. */
  | 'DATASET_BAD_OPTION';

/** An error of this package. */
export function datasetError(
  code: DatasetErrorCode,
  message: string,
  cause?: unknown,
): MemaeError<DatasetErrorCode> {
  return new MemaeError(code, message, cause === undefined ? undefined : { cause });
}

/** What went wrong, in words, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
