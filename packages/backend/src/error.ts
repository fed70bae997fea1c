// Every failure of an engine carries the engine's name, so that a log says who refused.

import { MemaeError } from '@memae/graph';

/**
 * What an engine refuses: `BACKEND_UNAVAILABLE` (it cannot run here), `BACKEND_UNSUPPORTED_OP` (it
 * lacks an operation), `BACKEND_BAD_FEED` (a feed does not fit the program), `BACKEND_DISPOSED`
 * (used after disposal), `BACKEND_OUT_OF_MEMORY` (the batch is too large for the device),
 * `BACKEND_FAILED` (the computation itself broke).
 */
export type BackendErrorCode =
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_UNSUPPORTED_OP'
  | 'BACKEND_BAD_FEED'
  | 'BACKEND_DISPOSED'
  | 'BACKEND_OUT_OF_MEMORY'
  | 'BACKEND_FAILED';

/** An error whose message begins with the engine's id: `reference: …`. */
export function backendError(
  engine: string,
  code: BackendErrorCode,
  { message, cause }: { readonly message: string; readonly cause?: unknown },
): MemaeError<BackendErrorCode> {
  return new MemaeError(code, `${engine}: ${message}`, cause === undefined ? undefined : { cause });
}
