import { expect, test } from 'vitest';
import { envelope } from '../testing/serve-grpc.ts';
import { Health } from './generated/health_pb.js';
import { GRPCInferenceService } from './generated/inference_pb.js';
import { type ReceiveOptions, receive } from './receive.ts';

const { modelInfer, modelStreamInfer } = GRPCInferenceService.method;

/** Bytes in parts of `size`, as frames bring them. */
async function* parts(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

function optionsOf(more: Partial<ReceiveOptions> = {}): ReceiveOptions {
  return {
    ...{ maxBytes: 2 ** 20, receiveTimeout: 60_000, closing: new AbortController().signal },
    ...{ clock: () => performance.now(), hold: () => undefined, ...more },
  };
}

async function all(messages: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const came: Uint8Array[] = [];
  for await (const message of messages) came.push(message);
  return Buffer.concat(came);
}

/** Of the model's name, so many bytes in all. */
function named(length: number): Uint8Array {
  const message = Buffer.alloc(length, 'a');
  message.set([0x0a, ((length - 4) & 127) | 128, ((length - 4) >> 7) | 128, (length - 4) >> 14]);
  return envelope(message);
}

test('a message that comes a byte at a time takes no longer than as much in one', async () => {
  const message = named(50_000);
  const began = performance.now();
  expect(await all(receive(parts(message, 1), modelInfer, optionsOf()))).toEqual(
    Buffer.from(message),
  );
  // By the square of its length it would be tens of seconds.
  expect(performance.now() - began).toBeLessThan(5000);
}, 120_000);

test('messages of a stream come out as they are, however they are cut, and are let go one by one', async () => {
  const sent = Buffer.concat([named(200), envelope(new Uint8Array(0)), named(3000), named(200)]);
  for (const size of [1, 3, 5, 204, 4000]) {
    let held = 0;
    const hold = (bytes: number): void => {
      held += bytes;
    };
    const options = optionsOf({ hold });
    expect(await all(receive(parts(sent, size), modelStreamInfer, options))).toEqual(sent);
    expect(held).toBe(0);
  }
});

test.each([
  [
    'beyond the limit, as soon as it is announced',
    envelope(new Uint8Array(1), 2 ** 20 + 1),
    /1048577 bytes, and may have 1048576/,
  ],
  ['that ends before it is whole', named(200).subarray(0, 100), /ends within a message/],
  ['that ends within its head', new Uint8Array(3), /ends within a message/],
])('a message %s is refused', async (_, bytes, message) => {
  await expect(all(receive(parts(bytes, 2), Health.method.check, optionsOf()))).rejects.toThrow(
    message,
  );
});
