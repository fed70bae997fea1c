// A client that leaves before it is answered: what was begun for it may be left undone.

import type { FastifyReply } from 'fastify';

/** Aborted when the connection ends before the answer is written. */
export function leavingSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
