import { createHash } from 'node:crypto';
import { type NdArray, ndarray, sizeOf } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

/** Float32 numbers of any bits: infinities, subnormals and NaNs of every kind. */
const arrays: fc.Arbitrary<NdArray> = fc
  .array(fc.nat(3), { maxLength: 3 })
  .chain((shape) =>
    fc
      .uint32Array({ minLength: sizeOf(shape), maxLength: sizeOf(shape) })
      .map((bits) => ndarray(new Float32Array(bits.buffer), shape)),
  );
const checkpoints: fc.Arbitrary<Checkpoint> = fc.record({
  parameters: fc
    .array(fc.tuple(fc.string({ unit: 'grapheme' }), arrays), { maxLength: 5 })
    .map((entries) => new Map([['__proto__', ndarray([1], [])], ...entries])),
  progress: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
});

/** Bits, so that NaNs are compared as well. */
function bitsOf({ parameters }: Checkpoint): unknown {
  return [...parameters]
    .map(([name, { shape, data }]) => ({
      name,
      shape,
      bits: [...new Uint32Array(data.slice().buffer)],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const example = encodeCheckpoint({
  parameters: new Map([
    ['encoder.weight', ndarray([1, 2, 3, 4, 5, 6], [2, 3])],
    ['adam.c1', ndarray([0.5], [])],
  ]),
  progress: { epoch: 3, history: [] },
});
const corrupt = expect.objectContaining({ code: 'TRAIN_CHECKPOINT_CORRUPT' }) as Error;

/** A file of the format with any tensors, made without the code under test. */
function sealed(tensors: object, bodyLength: number): Uint8Array {
  const blank = '0'.repeat(64);
  const header = { __metadata__: { format: '1', sha256: blank, progress: '{}' }, ...tensors };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const bytes = Buffer.concat([length, json, Buffer.alloc(bodyLength)]);
  bytes.write(createHash('sha256').update(bytes).digest('hex'), bytes.indexOf(blank));
  return bytes;
}

describe('a checkpoint', () => {
  it('comes back bit for bit', () => {
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        const back = decodeCheckpoint(encodeCheckpoint(checkpoint));
        expect(bitsOf(back)).toEqual(bitsOf(checkpoint));
        expect(back.progress).toEqual(checkpoint.progress);
      }),
    );
  });

  it('comes back from bytes anywhere in memory, and shares none of it', () => {
    const shifted = new Uint8Array(example.length + 3);
    shifted.set(example, 3);
    const { parameters } = decodeCheckpoint(shifted.subarray(3));
    shifted.fill(0);
    expect(parameters.get('encoder.weight')?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  it('is a safetensors file: header length, padded JSON, tensors without gaps', () => {
    const view = new DataView(example.buffer, example.byteOffset);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(Buffer.from(example.subarray(8, 8 + length)).toString()) as unknown;
    expect(header).toEqual({
      __metadata__: {
        format: '1',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        progress: '{"epoch":3,"history":[]}',
      },
      'encoder.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      'adam.c1': { dtype: 'F32', shape: [], data_offsets: [24, 28] },
    });
    expect(example.length).toBe(8 + length + 28);
  });
});

describe('decodeCheckpoint refuses', () => {
  it('any changed byte, wherever it is', () => {
    for (let at = 0; at < example.length; at += 1) {
      const changed = example.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(() => decodeCheckpoint(changed), `byte ${at}`).toThrow(corrupt);
    }
  });

  it('any file cut short, and one with more behind it', () => {
    for (let length = 0; length < example.length; length += 1) {
      expect(() => decodeCheckpoint(example.slice(0, length)), `${length} bytes`).toThrow(corrupt);
    }
    expect(() => decodeCheckpoint(Uint8Array.of(...example, 0))).toThrow(corrupt);
  });

  it('a header that claims to be longer than the file, without making room for it', () => {
    for (const claim of [2n ** 64n - 1n, 2n ** 63n, 2n ** 40n, BigInt(example.length)]) {
      const lying = example.slice();
      new DataView(lying.buffer).setBigUint64(0, claim, true);
      expect(() => decodeCheckpoint(lying)).toThrow('it ends within its header');
    }
  });

  it('bytes that are something else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeCheckpoint(bytes)).toThrow(corrupt);
      }),
    );
  });

  it.each([
    ['more numbers than there are', { dtype: 'F32', shape: [1e12], data_offsets: [0, 4e12] }],
    ['offsets before the first', { dtype: 'F32', shape: [1], data_offsets: [-4, 0] }],
    ['another size than its shape', { dtype: 'F32', shape: [3], data_offsets: [0, 8] }],
    ['another element type', { dtype: 'F64', shape: [1], data_offsets: [0, 8] }],
    ['nothing of the kind', 5],
  ])('a tensor of %s, though the checksum is right', (_, entry) => {
    const fits = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    expect(decodeCheckpoint(sealed({ w: fits }, 8)).parameters.get('w')?.shape).toEqual([2]);
    expect(() => decodeCheckpoint(sealed({ w: entry }, 8))).toThrow(corrupt);
  });

  it('and says which file, why, and what to do', () => {
    expect(() => decodeCheckpoint(Uint8Array.of(1, 2, 3), 'The checkpoint run/a')).toThrow(
      'The checkpoint run/a cannot be used: 8 bytes or more were expected, 3 came. ' +
        'Remove it to train from the start.',
    );
    const newer = Buffer.from(example);
    newer.write('2', newer.indexOf('"format":"1"') + 10);
    expect(() => decodeCheckpoint(newer)).toThrow('format 1 was expected, 2 came');
    const changed = Buffer.from(example);
    changed.writeUInt8(1, example.length - 1);
    expect(() => decodeCheckpoint(changed)).toThrow('its checksum does not fit its bytes');
  });
});
