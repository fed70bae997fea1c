// Connections that cost the server no more than they should: what must have come by when, how many there may be, and TLS.

import { readFile } from 'node:fs/promises';
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  createServer,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Socket } from 'node:net';
import { Server as TlsServer, createSecureContext } from 'node:tls';
import { serverError } from '../core/error.ts';
import type { Fresh } from './fresh.ts';
import { securityHeaders } from './guard.ts';

/** Of PEM files. */
export interface Certificate {
  /** The server's own first, then those that vouch for it. */
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws `SERVER_BAD_OPTION` for files that cannot be read, are none, or do not belong together */
export async function readCertificate(paths: {
  readonly cert: string;
  readonly key: string;
}): Promise<Certificate> {
  try {
    const [cert, key] = await Promise.all([readFile(paths.cert), readFile(paths.key)]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const message = `The certificate ${paths.cert} and its key ${paths.key} cannot be used: ${what}.`;
    throw serverError('SERVER_BAD_OPTION', message, error);
  }
}

export interface ConnectionOptions {
  /** Milliseconds in which a request must have come whole, its head within 10 s of them; and without a byte of its answer taken. */
  readonly receiveTimeout: number;
  /** More are closed at once. */
  readonly maxConnections: number;
  /** TLS from version 1.2 on, by the certificate as it is when a connection begins. */
  readonly certificate?: Fresh<Certificate> | undefined;
}

/** Of Node.js 22.21 and 24.9 on; its types do not know it yet, and before these it does nothing. */
interface Upgrades {
  /** Whether what a client asks its connection to become is to be heard; else it is answered as if it had not asked. */
  readonly shouldUpgradeCallback: (request: IncomingMessage) => boolean;
}

/** A server of HTTP/1.1 that cuts connections which do not bring what they should in time. */
export function createConnections(handler: RequestListener, options: ConnectionOptions): Server {
  const { receiveTimeout, maxConnections, certificate } = options;
  // For what comes before a body.
  const patience = Math.min(receiveTimeout, 10_000);
  const limits: ServerOptions & Upgrades = {
    requestTimeout: receiveTimeout,
    headersTimeout: patience,
    // How late a connection may be cut.
    connectionsCheckingInterval: Math.min(1000, receiveTimeout / 4),
    // More than the minute that balancers keep theirs.
    keepAliveTimeout: 75_000,
    maxHeaderSize: 16_384,
    // Who offers HTTP/2 besides, as `curl --http2` does, is answered by HTTP/1.1.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server: Server =
    certificate === undefined
      ? createServer(limits, handler)
      : keepCertified(
          createTlsServer(
            { ...limits, ...secure(certificate.current()), handshakeTimeout: patience },
            handler,
          ),
          certificate,
        );
  // A client has its connection renewed now and then, so that no server keeps what others could take over.
  server.maxRequestsPerSocket = 10_000;
  server.maxConnections = maxConnections;
  endInOrder(server, receiveTimeout);
  return server;
}

/** Milliseconds that a connection on which nothing goes on is left when the server ends. */
export const lastCall = 1000;

/**
 * Ends connections in order, and those whose clients do not read what they asked for within `patience` milliseconds.
 * Node's own would cut answers that are handed over whole but not read yet, and wait as long as they stay for a first
 * request on connections that browsers opened ahead.
 */
function endInOrder(server: Server, patience: number): void {
  const unused = new Set<Socket>();
  /** Of each connection that had requests, how many answers are not yet taken. */
  const going = new Map<Socket, number>();
  let ending = false;
  // What is under TLS has seconds for its handshake, and no requests of its own.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => {
      unused.delete(socket);
      going.delete(socket);
    });
  });
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    unused.delete(socket);
    going.set(socket, (going.get(socket) ?? 0) + 1);
    answer.once('close', () => {
      const left = (going.get(socket) ?? 1) - 1;
      if (!socket.destroyed) going.set(socket, left);
      if (ending && left === 0) socket.destroySoon();
    });
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    unused.delete(socket);
    going.delete(socket);
  });
  // Nothing has moved for so long. What is still computed for a client is waited for, what it has to bring has limits of its own.
  server.setTimeout(patience, (socket) => {
    if (going.get(socket) === 0 || socket.writableLength > 0) socket.destroy();
  });
  server.closeIdleConnections = () => {
    ending = true;
    for (const [socket, answers] of going) if (answers === 0) socket.destroy();
    setTimeout(() => {
      for (const socket of unused) socket.destroy();
    }, lastCall).unref();
  };
}

/** Options of a server with TLS. */
export function secure({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const;
}

/** Has the server take every certificate that is read from now on. */
export function keepCertified<S extends TlsServer>(server: S, certificate: Fresh<Certificate>): S {
  certificate.onChange((renewed) => {
    server.setSecureContext(secure(renewed));
  });
  return server;
}

/** What is no HTTP, too long or too late is answered before any route is known. */
export function refuseBytes({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  // Over a connection that has broken, or has not come to TLS, no answer is heard: sending one would wait for ever.
  if (!/^(HPE|ERR_HTTP)_/.test(code)) {
    socket.destroy();
    return;
  }
  if (socket.destroyed) return;
  const [status, reason] = refusals[code] ?? ['400 Bad Request', 'This is no request of HTTP/1.1.'];
  if (socket.writable) {
    const body = JSON.stringify({ error: reason });
    const headers = {
      ...securityHeaders,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroySoon();
}

const refusals: Readonly<Record<string, readonly [status: string, reason: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are beyond 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in time.'],
};
