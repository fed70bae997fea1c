// The bytes of a body as they come, counted beside whoever reads it.

import type { IncomingMessage } from 'node:http';

/**
 * Calls with the bytes of each part of a body that somebody is about to read.
 * @param take what it throws is the error of reading the body
 */
export function countBody(raw: IncomingMessage, take: (bytes: number) => void): void {
  const count = (chunk: Buffer): void => {
    try {
      take(chunk.byteLength);
    } catch (error) {
      raw.off('data', count);
      // Who reads the body answers with it; a body that nobody reads is let go as it comes.
      if (raw.listenerCount('error') > 0) raw.emit('error', error);
    }
  };
  // Paused, it comes no sooner than somebody reads it.
  raw.on('data', count).pause();
}
