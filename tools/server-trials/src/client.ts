// A client with many kept connections, as a gateway before the server has them.

import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Message } from './wire.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Client extends Disposable {
  /** Sends a POST, or a GET without a message. @throws what `node:http` does, and after a minute without an answer */
  readonly ask: (path: string, message?: Message) => Promise<Answer>;
}

/** @param connections at most; other requests wait here */
export function createClient(url: string, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    ask: (path, message) =>
      new Promise((resolve, reject) => {
        const sent = request(`${url}${path}`, {
          agent,
          method: message === undefined ? 'GET' : 'POST',
          headers: {
            ...message?.headers,
            ...(message && { 'content-length': message.body.length }),
          },
          timeout: 60_000,
        });
        sent.on('timeout', () => sent.destroy(new Error('There was no answer within a minute.')));
        sent.on('error', reject);
        sent.on('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0, headers } = response;
            resolve({ status, headers, body: Buffer.concat(chunks) });
          });
        });
        sent.end(message?.body);
      }),
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  };
}
