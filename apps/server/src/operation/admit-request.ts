// A request over HTTP as long as it goes on. Short bodies count by what they say of their length; longer ones, and those
// that do not say it, as they come: whoever announces much and sends nothing takes no room from others.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from './admission.ts';
import { countBody } from './count-body.ts';

/** Bytes: as many of every connection there may be fit into the budget, by default. */
const short = 2 ** 16;

/**
 * Counts the request until it is answered or its client has left.
 * @param name of its token, if it has one: else its address says whose it is
 * @throws as `Admission`, `Admitted.hold`; what does not fit later on is the error of reading the body
 */
export function admitRequest(
  admit: Admission,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  name?: string,
): void {
  const { method, headers, raw } = request;
  // Answered at once, and without a body that is read.
  if ((method === 'GET' || method === 'HEAD') && headers.upgrade === undefined) return;
  const admitted = admit(() => name ?? request.ip);
  reply.raw.once('close', admitted.end);
  const told = Number(headers['content-length'] ?? (headers['transfer-encoding'] ? NaN : 0));
  if (told <= short) {
    admitted.hold(told);
    return;
  }
  countBody(raw, admitted.hold);
}
