// Connections of HTTP/2 that cost the server no more than they should, and that end in order.

import {
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerOptions,
  constants,
  createSecureServer,
  createServer,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import {
  type ConnectionOptions,
  keepCertified,
  lastCall,
  secure,
} from '../operation/connections.ts';

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
  { maxConnections, certificate, receiveTimeout }: ConnectionOptions,
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
  // A session keeps its socket to itself, and begins at once when there is one.
  let beginning: Socket;
  server.prependListener(certificate ? 'secureConnection' : 'connection', (socket: Socket) => {
    beginning = socket;
  });
  const sockets = new Map<ServerHttp2Session, Socket>();
  server.on('session', (session) => {
    const socket = beginning;
    sockets.set(session, socket);
    socket.once('close', () => sockets.delete(session));
    // Calls that go on are not cut.
    session.setTimeout(idle, () => {
      session.close();
    });
  });
  server.on('stream', (stream) => {
    stream.setTimeout(receiveTimeout, () => {
      // Its client takes nothing of what waits for it. A stream on which nothing waits may be open for long.
      if (stream.writableLength > 0) stream.close(constants.NGHTTP2_CANCEL);
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
        // A session whose calls have ended waits for its client to hang up, as long as that takes.
        const hangUp = setInterval(() => {
          for (const [session, socket] of sockets) if (session.destroyed) socket.destroy();
        }, lastCall);
        server.close(() => {
          clearInterval(hangUp);
          resolve();
        });
        for (const session of sockets.keys()) session.close();
      }),
    cut: () => {
      for (const [session, socket] of sockets) {
        session.destroy();
        socket.destroy();
      }
    },
  };
}
