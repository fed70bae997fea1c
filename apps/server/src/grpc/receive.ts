// The messages of a call as they come: in time, and each held to its limits before it is read.

import type { DescMethod } from '@bufbuild/protobuf';
import { compressedFlag, pipe, transformJoinEnvelopes } from '@connectrpc/connect/protocol';
import { serverError } from '../core/error.ts';
import { toConnectError } from './errors.ts';
import { requireReadable } from './message-limits.ts';
import { headBytes, splitEnvelopes } from './split-envelopes.ts';

export interface ReceiveOptions {
  /** Bytes of a message. */
  readonly maxBytes: number;
  /** Milliseconds that a call's one message may take to come; of a stream, the pause between its parts. */
  readonly receiveTimeout: number;
  /** Aborted when the server ends: streams end then, at once or after the answer that is due. */
  readonly closing: AbortSignal;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** Told of bytes as they come, and, as less than none, of those of a stream that are let go. */
  readonly hold: (bytes: number) => void;
}

/** The same bytes; errors are gRPC's. */
export async function* receive(
  body: AsyncIterable<Uint8Array>,
  method: DescMethod,
  options: ReceiveOptions,
): AsyncIterable<Uint8Array> {
  const { maxBytes, hold } = options;
  const checked = pipe(
    splitEnvelopes(inTime(body, method, options), { maxBytes }),
    async function* (envelopes) {
      for await (const envelope of envelopes) {
        // What is compressed is refused where it is read.
        if ((envelope.flags & compressedFlag) === 0) {
          requireReadable(method.input, envelope.data, { maxBytes });
        }
        yield envelope;
        // The next is asked for when this one is answered; the message of a call is held to its end.
        if (isStream(method)) hold(-(envelope.data.byteLength + headBytes));
      }
    },
    transformJoinEnvelopes(),
  );
  try {
    yield* checked;
  } catch (error) {
    throw toConnectError(error) ?? error;
  }
}

async function* inTime(
  body: AsyncIterable<Uint8Array>,
  method: DescMethod,
  { receiveTimeout, closing, clock, hold }: ReceiveOptions,
): AsyncIterable<Uint8Array> {
  const streams = isStream(method);
  const chunks = body[Symbol.asyncIterator]();
  const end = clock() + receiveTimeout;
  for (;;) {
    const chunk = await within(chunks.next(), {
      timeout: streams ? receiveTimeout : end - clock(),
      signal: streams ? closing : undefined,
    });
    if (chunk.done === true) return;
    hold(chunk.value.byteLength);
    yield chunk.value;
  }
}

function isStream({ methodKind }: DescMethod): boolean {
  return methodKind === 'bidi_streaming';
}

/** @throws `SERVER_DEADLINE`, `SERVER_CLOSING` */
function within<T>(
  promise: Promise<T>,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal | undefined },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(serverError('SERVER_DEADLINE', 'The request did not come in time.'));
    }, timeout);
    const closed = (): void => {
      reject(serverError('SERVER_CLOSING', 'The server is shutting down.'));
    };
    if (signal?.aborted === true) closed();
    signal?.addEventListener('abort', closed);
    void promise.then(resolve, reject).finally(() => {
      clearTimeout(late);
      signal?.removeEventListener('abort', closed);
    });
  });
}
