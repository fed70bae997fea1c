// What went wrong, as HTTP says it: `{"error": …}` with a status, and Retry-After where another try may go well.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ServerErrorCode, abortError } from '../core/error.ts';

const statuses: Readonly<Record<ServerErrorCode, number>> = {
  SERVER_BAD_OPTION: 400,
  SERVER_CANNOT_LISTEN: 500,
  SERVER_BAD_REQUEST: 400,
  SERVER_UNAUTHORIZED: 401,
  SERVER_FORBIDDEN: 403,
  SERVER_UNKNOWN_MODEL: 404,
  SERVER_TOO_LARGE: 413,
  SERVER_COMPRESSED: 415,
  SERVER_NOT_FINITE: 422,
  SERVER_TOO_MANY: 429,
  SERVER_BUSY: 503,
  SERVER_DEADLINE: 503,
  SERVER_CLOSING: 503,
  // Nobody reads it; logs do. As nginx has it.
  SERVER_CANCELLED: 499,
};

/** Seconds. */
const retryAfter = 1;

/** Of the packages below: what is wrong with what came, or with an artifact that was asked to be loaded. */
const refusals: readonly (readonly [RegExp, number])[] = [
  [/^SCORING_NOT_FINITE$/, 422],
  // Films cannot be read here.
  [/^DATASET_NO_FFMPEG$/, 415],
  [/^(ARTIFACT_|SCORING_|METRIC_|DATASET_(CORRUPT|EMPTY|BAD_OPTION)$)/, 400],
];

/** The status of an error, by its code. */
function statusOf(code: string): number {
  if (Object.hasOwn(statuses, code)) return statuses[code as ServerErrorCode];
  return refusals.find(([codes]) => codes.test(code))?.[1] ?? 500;
}

/** What an aborted signal throws, or a body that breaks off, as what it stands for. */
function meant(error: FastifyError): Error {
  const aborted = ['TimeoutError', 'AbortError'].includes(error.name);
  return aborted || error.code === 'ECONNRESET' ? abortError(error) : error;
}

/** Fastify's own refusals keep their status; what nobody foresaw is told to the log alone. */
export function sendError(
  thrown: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const error = meant(thrown);
  // By name, for there may be more than one copy of the class.
  const known = error.name === 'MemaeError' && 'code' in error;
  const status = known ? statusOf(String(error.code)) : (thrown.statusCode ?? 500);
  if (status >= 500) request.log.error(error);
  if (status === 429 || status === 503) void reply.header('retry-after', retryAfter);
  const message =
    status === 500
      ? `The server failed at this request. Its log tells more, by the id ${request.id}.`
      : error.message;
  void reply.code(status).send({ error: message });
}

export function sendNotFound(request: FastifyRequest, reply: FastifyReply): void {
  const error = `There is no ${request.method} ${request.url}. See /openapi.json for what there is.`;
  void reply.code(404).send({ error });
}
