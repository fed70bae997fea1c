// Connections of HTTP/2 that cost the server no more than they should, and that end in order.

import {
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerOptions,
  createSecureServer,
  createServer,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, keepCertified, secure } from '../operation/connections.ts';

export type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export interface Http2Connections {
  /** @returns the port */
  readonly listen: (address: { readonly host: string; readonly port: number }) => Promise<number>;
  /** Takes no more connections and calls; settles when those that there are have ended. */
  readonly close: () => Promise<void>;
  /** Ends them now. */
  readonly cut: () => void;
}

/** Milliseconds without a byte after which a connection is told to end: more than balancers wait. */
const idle = 75_000;

export function createHttp2Connections(
  handler: Handler,
  { maxConnections, certificate }: Omit<ConnectionOptions, 'receiveTimeout'>,
): Http2Connections {
  const limits: ServerOptions = {
    settings: { maxConcurrentStreams: 128, maxHeaderListSize: 16_384, enablePush: false },
    // MiB that wait to be sent over one connection before new calls are refused: answers have many.
    maxSessionMemory: 1024,
    unknownProtocolTimeout: 10_000,
  };
  const server: Http2Server =
    certificate === undefined
      ? createServer(limits, handler)
      : keepCertified(
          createSecureServer({ ...limits, ...secure(certificate.current()) }, handler),
          certificate,
        );
  server.maxConnections = maxConnections;
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // Calls that go on are not cut.
    session.setTimeout(idle, () => {
      session.close();
    });
  });
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const session of sessions) session.close();
      }),
    cut: () => {
      for (const session of sessions) session.destroy();
    },
  };
}
