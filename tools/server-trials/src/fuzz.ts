// Binary inference requests that are wrong in one way or several: their JSON, its length, and the bytes after it.

import fc from 'fast-check';
import type { Message } from './wire.ts';

/** A request before it is spoiled. */
export interface Sound {
  readonly tensor: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly datatype: string;
  };
  readonly bytes: Uint8Array;
}

export interface Spoiled extends Message {
  /** The bytes after the JSON. */
  readonly tail: Uint8Array;
}

const oddNumber = fc.oneof(
  fc.constantFrom(-1, 0, 1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -(2 ** 63)),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddNumber,
  fc.constantFrom(null, true, '', 'FP32', '__proto__', [], {}, [[]], [1e9, 1e9]),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const oddShape = fc.oneof(fc.array(oddNumber, { maxLength: 18 }), oddValue);
const datatypes =
  'BOOL UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FP16 FP32 FP64 BYTES BF16';

/** Changes to the one input. */
const inputChange = fc.oneof(
  fc.record({ shape: oddShape }),
  fc.record({ datatype: fc.oneof(fc.constantFrom(...datatypes.split(' ')), oddValue) }),
  fc.record({ name: oddValue }),
  fc.record({ data: oddValue }),
  fc.record({ parameters: fc.record({ binary_data_size: oddValue }) }),
  fc.record({ parameters: fc.dictionary(fc.string({ maxLength: 12 }), oddValue, { maxKeys: 3 }) }),
);
/** Changes to the whole, beside its inputs. */
const headChange = fc.oneof(
  fc.record({ id: oddValue }),
  fc.record({
    outputs: fc.oneof(fc.array(fc.record({ name: oddValue }), { maxLength: 3 }), oddValue),
  }),
  fc.record({
    parameters: fc.record(
      { timeout: oddValue, binary_data_output: oddValue },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ inputs: oddValue }),
  fc.constant({}),
);
/** What comes instead of the JSON, which is then none or none that is meant. */
const oddText = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
  fc.nat({ max: 20_000 }).map((depth) => Buffer.from('['.repeat(depth))),
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
);
const tailChange = fc.oneof(
  { weight: 3, arbitrary: fc.constant((bytes: Uint8Array) => bytes) },
  fc.nat(1_000_000).map((at) => (bytes: Uint8Array) => bytes.subarray(0, at % (bytes.length + 1))),
  fc
    .uint8Array({ maxLength: 64 })
    .map((more) => (bytes: Uint8Array) => Buffer.concat([bytes, more])),
  fc.uint8Array({ minLength: 8, maxLength: 64 }).map((over) => (bytes: Uint8Array) => {
    const changed = Uint8Array.from(bytes);
    changed.set(over.subarray(0, changed.length));
    return changed;
  }),
  // Not a number, or an infinite one, where the model takes float32.
  fc
    .constantFrom(0x7f, 0xff)
    .map((byte) => (bytes: Uint8Array) => bytes.map((_, i) => (i % 4 === 3 ? byte : 0xff))),
);
const oddLength = fc.oneof(
  oddNumber.map(String),
  fc.constantFrom('', ' ', '0x10', '1e2', '12 ', '+5', '-0', 'NaN', '9'.repeat(30), '1, 2'),
);
const oddHeader = fc.constantFrom<Readonly<Record<string, string>>>(
  { 'content-type': 'application/json' },
  { 'content-type': 'text/html; charset=utf-16' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br, identity' },
  { accept: 'image/png' },
  { expect: 'a-miracle' },
);

/** Sound requests, spoiled; a few stay as they were, or are right by chance. */
export function spoiledRequests(sound: readonly Sound[]): fc.Arbitrary<Spoiled> {
  const rarely = <T>(odd: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(odd, { nil: undefined, freq: 2 });
  const parts = fc.record({
    request: fc.constantFrom(...sound),
    input: fc.option(inputChange, { nil: {}, freq: 2 }),
    head: headChange,
    text: rarely(rarely(oddText)),
    change: tailChange,
    length: rarely(rarely(oddLength)),
    header: rarely(rarely(oddHeader)),
  });
  return parts.map(({ request: { tensor, bytes }, input, head, text, change, length, header }) => {
    const parameters = { binary_data_size: bytes.byteLength };
    const json = {
      inputs: [{ ...tensor, parameters, ...input }],
      outputs: [{ name: 'score', parameters: { binary_data: true } }],
      ...head,
    };
    const start = text ?? Buffer.from(JSON.stringify(json));
    const tail = change(bytes);
    const headers = {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': length ?? String(start.byteLength),
      ...header,
    };
    return { headers, body: Buffer.concat([start, tail]), tail };
  });
}
