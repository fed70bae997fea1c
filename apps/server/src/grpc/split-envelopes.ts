// Messages out of the bytes of a call, copied where they belong as they come. Connect's own looks through all that it holds
// at every part that comes: a message of a byte a frame would take the time of its length squared.

import type { EnvelopedMessage } from '@connectrpc/connect/protocol';
import { serverError } from '../core/error.ts';
import type { MessageLimits } from './message-limits.ts';

/** Bytes before each message: whether it is compressed, and its length. */
export const headBytes = 5;

/** @throws `SERVER_TOO_LARGE` as soon as a message's length is known, `SERVER_BAD_REQUEST` for bytes that end within one */
export async function* splitEnvelopes(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes }: MessageLimits,
): AsyncIterable<EnvelopedMessage> {
  const head = new Uint8Array(headBytes);
  /** The message whose head is there. */
  let data: Uint8Array | undefined;
  /** How much of the head, or of the message, is there. */
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength;) {
      const target: Uint8Array = data ?? head;
      const part = chunk.subarray(at, at + target.byteLength - filled);
      target.set(part, filled);
      at += part.byteLength;
      filled += part.byteLength;
      if (filled < target.byteLength) break;
      filled = 0;
      if (data === undefined) {
        const length = new DataView(head.buffer).getUint32(1);
        if (length > maxBytes) throw tooLarge(length, maxBytes);
        data = new Uint8Array(length);
        if (length > 0) continue;
      }
      yield { flags: head[0] ?? 0, data };
      data = undefined;
    }
  }
  if (data === undefined && filled === 0) return;
  throw serverError('SERVER_BAD_REQUEST', 'The request ends within a message. Send it whole.');
}

function tooLarge(length: number, maxBytes: number): Error {
  return serverError(
    'SERVER_TOO_LARGE',
    `The message has ${length} bytes, and may have ${maxBytes}. Send less at a time.`,
  );
}
