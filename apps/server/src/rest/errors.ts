// What went wrong, as HTTP says it: `{"error": …}` with a status, and Retry-After where another try may go well.

import { MemaeError } from '@memae/graph';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerErrorCode } from '../core/error.ts';

const statuses: Readonly<Record<ServerErrorCode, number>> = {
  SERVER_BAD_OPTION: 400,
  SERVER_CANNOT_LISTEN: 500,
  SERVER_BAD_REQUEST: 400,
  SERVER_UNKNOWN_MODEL: 404,
  SERVER_TOO_LARGE: 413,
  SERVER_NOT_FINITE: 422,
  SERVER_BUSY: 503,
  SERVER_DEADLINE: 503,
  SERVER_CLOSING: 503,
  // Nobody reads it; logs do. As nginx has it.
  SERVER_CANCELLED: 499,
};

/** Seconds. */
const retryAfter = 1;

/** The status of an error, by its code. */
function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (Object.hasOwn(statuses, code)) return statuses[code as ServerErrorCode];
  // An artifact that is missing or broken, when it was asked to be loaded.
  return code.startsWith('ARTIFACT_') ? 400 : 500;
}

/** Fastify's own refusals keep their status; what nobody foresaw is told to the log alone. */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 500 } = error;
  const status = error instanceof MemaeError ? statusOf(error) : statusCode;
  if (status >= 500) request.log.error(error);
  if (status === 503) void reply.header('retry-after', retryAfter);
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
