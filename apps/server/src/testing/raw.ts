// For tests: bytes over a connection as no well-behaved client would send them.

import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

export interface Raw {
  readonly socket: Socket;
  /** All that came so far. */
  readonly received: () => string;
  /** Waits until as many answers came. */
  readonly answers: (count: number) => Promise<string>;
  /** Milliseconds from the beginning until the server ended the connection. */
  readonly ended: Promise<number>;
}

/** The head of a request for a stream. */
export const upgradeTo = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
  `sec-websocket-version: 13\r\nsec-websocket-key: ${'a'.repeat(22)}==\r\n\r\n`;

export async function connectRaw(url: string): Promise<Raw> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const began = performance.now();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  // A connection may be cut as something is still sent.
  socket.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    const end = (): void => {
      socket.destroy();
      resolve(performance.now() - began);
    };
    socket.on('end', end).on('close', end);
  });
  await once(socket, 'connect');
  return {
    socket,
    ended,
    received: () => text,
    answers: async (count) => {
      while (text.split('HTTP/1.1 ').length <= count && !socket.destroyed) {
        await Promise.race([once(socket, 'data'), ended]);
      }
      return text;
    },
  };
}
