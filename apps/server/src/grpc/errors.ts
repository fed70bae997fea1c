// What went wrong, as gRPC says it: one code for each of the server's, and when to try again where that may go well.

import { Code, ConnectError } from '@connectrpc/connect';
import type { ServerErrorCode } from '../core/error.ts';

const codes: Readonly<Record<ServerErrorCode, Code>> = {
  SERVER_BAD_OPTION: Code.InvalidArgument,
  SERVER_CANNOT_LISTEN: Code.Internal,
  SERVER_BAD_REQUEST: Code.InvalidArgument,
  SERVER_UNAUTHORIZED: Code.Unauthenticated,
  SERVER_FORBIDDEN: Code.PermissionDenied,
  SERVER_UNKNOWN_MODEL: Code.NotFound,
  SERVER_TOO_LARGE: Code.ResourceExhausted,
  SERVER_COMPRESSED: Code.Unimplemented,
  SERVER_NOT_FINITE: Code.OutOfRange,
  SERVER_TOO_MANY: Code.ResourceExhausted,
  SERVER_BUSY: Code.Unavailable,
  SERVER_DEADLINE: Code.DeadlineExceeded,
  SERVER_CLOSING: Code.Unavailable,
  SERVER_CANCELLED: Code.Canceled,
};

/** By their numbers, as every implementation of gRPC calls them. */
export const statusNames = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND'],
  ...['ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'],
  ...['ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
  'UNAUTHENTICATED',
] as const;

/** Milliseconds, where Retry-After is said in HTTP; clients that try again by themselves wait as long. */
const retryAfter = { 'grpc-retry-pushback-ms': '1000' };

/** @returns `undefined` for what nobody foresaw, which is for the log alone */
export function toConnectError(error: unknown): ConnectError | undefined {
  if (error instanceof ConnectError) return error;
  // By name, for there may be more than one copy of the class.
  if (!(error instanceof Error) || error.name !== 'MemaeError' || !('code' in error))
    return undefined;
  const code = codeOf(String(error.code));
  if (code === undefined) return undefined;
  return new ConnectError(
    error.message,
    code,
    code === Code.Unavailable || error.code === 'SERVER_TOO_MANY' ? retryAfter : undefined,
    undefined,
    error,
  );
}

function codeOf(code: string): Code | undefined {
  if (Object.hasOwn(codes, code)) return codes[code as ServerErrorCode];
  // An artifact that was asked to be loaded.
  return code.startsWith('ARTIFACT_') ? Code.FailedPrecondition : undefined;
}
