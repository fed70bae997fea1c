// The end of a request, however it comes: Fastify tells of answers alone, not of clients that left before theirs.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface RequestEnd {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Of the answer; 499 where the client left before it, as nginx has it. */
  readonly status: number;
}

/** Calls at the end of every request, but for streams, to a route that is registered from now on. */
export function onRequestEnd(app: FastifyInstance, tell: (end: RequestEnd) => void): void {
  // Answers, those of hooks before this one among them.
  app.addHook('onResponse', (request, reply, done) => {
    if (reply.raw.writableFinished) tell({ request, reply, status: reply.statusCode });
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      if (!request.ws && !reply.raw.writableFinished) tell({ request, reply, status: 499 });
    });
    done();
  });
}
