// The state of a training run as bytes: the safetensors format (huggingface.co/docs/safetensors),
// a JSON header and raw numbers, which nothing executes. The header carries a checksum of the numbers.

import { createHash } from 'node:crypto';
import { MemaeError, type NdArray, type ParameterValues, ndarray, sizeOf } from '@memae/graph';

/** Parameters, the optimiser's among them, and how far training has come. */
export interface Checkpoint {
  readonly parameters: ParameterValues;
  /** Anything JSON; `train` keeps its progress here. */
  readonly progress: unknown;
}

/** Checkpoint → bytes. */
export function encodeCheckpoint({ parameters, progress }: Checkpoint): Uint8Array {
  const tensors: Record<string, TensorEntry> = {};
  let end = 0;
  for (const [name, { shape, data }] of parameters) {
    const start = end;
    end += data.byteLength;
    tensors[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const body = Buffer.alloc(end);
  for (const [name, { data }] of parameters) {
    // Every platform that Node.js and its engines run on is little-endian, as the format is.
    body.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      tensors[name]?.data_offsets[0],
    );
  }
  const metadata = { format: '1', progress: JSON.stringify(progress), sha256: sha256(body) };
  const json = JSON.stringify({ __metadata__: metadata, ...tensors });
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, body]);
}

/**
 * Bytes → checkpoint, every length and the checksum held against what came.
 * @throws `TRAIN_CHECKPOINT_CORRUPT`
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MemaeError(
      'TRAIN_CHECKPOINT_CORRUPT',
      `The checkpoint cannot be used: ${why}. Remove it to train from the start.`,
      { cause: error },
    );
  }
}

interface TensorEntry {
  readonly dtype: 'F32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function decode(bytes: Buffer): Checkpoint {
  if (bytes.length < 8) throw new Error(`8 bytes or more were expected, ${bytes.length} came`);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE());
  if (headerEnd > bytes.length) throw new Error('it ends within its header');
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<string, unknown>;
  const { __metadata__: metadata, ...tensors } = header;
  const { format, progress, sha256: expected } = (metadata ?? {}) as Record<string, unknown>;
  if (format !== '1') throw new Error(`format 1 was expected, ${String(format)} came`);
  const body = bytes.subarray(headerEnd);
  if (sha256(body) !== expected) throw new Error('its checksum does not fit its numbers');
  const parameters = new Map<string, NdArray>();
  for (const [name, entry] of Object.entries(tensors)) {
    const { dtype, shape, data_offsets: offsets } = entry as TensorEntry;
    const [start, end] = offsets;
    const count = sizeOf(shape);
    if (dtype !== 'F32' || end - start !== 4 * count || end > body.length) {
      throw new Error(`${name} is not ${count} float32 numbers`);
    }
    const copy = Uint8Array.from(body.subarray(start, end));
    parameters.set(name, ndarray(new Float32Array(copy.buffer), shape));
  }
  return { parameters, progress: JSON.parse(String(progress)) as unknown };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
