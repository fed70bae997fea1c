// The state of a training run as bytes: the safetensors format (huggingface.co/docs/safetensors),
// a JSON header and raw numbers, which nothing executes. The header carries a checksum of it all.

import { createHash } from 'node:crypto';
import { MemaeError, type NdArray, type ParameterValues, ndarray, sizeOf } from '@memae/graph';

/** Parameters, the optimiser's among them, and how far training has come. */
export interface Checkpoint {
  readonly parameters: ParameterValues;
  /** Anything JSON; `train` keeps its progress here. */
  readonly progress: unknown;
}

/** What the header says of one parameter: its bytes lie at `data_offsets`, counted from the header's end. */
interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}

/** Stands in the header where the checksum goes, while the checksum is computed. */
const noChecksum = '0'.repeat(64);

/** Checkpoint → bytes. */
export function encodeCheckpoint({ parameters, progress }: Checkpoint): Uint8Array {
  let end = 0;
  const tensors = [...parameters].map(([name, { shape, data }]): [string, TensorEntry] => {
    const start = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const metadata = { format: '1', sha256: noChecksum, progress: JSON.stringify(progress) };
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(tensors) });
  const unpadded = Buffer.byteLength(json);
  const header = json + ' '.repeat(-unpadded & 7);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  // Every platform that Node.js and its engines run on is little-endian, as the format is.
  const body = [...parameters.values()].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  const bytes = Buffer.concat([length, Buffer.from(header), ...body]);
  const at = bytes.indexOf(noChecksum);
  bytes.write(checksum(bytes, at), at);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Bytes → checkpoint, every length and the checksum held against what came; `name` opens the message.
 * @throws `TRAIN_CHECKPOINT_CORRUPT`
 */
export function decodeCheckpoint(bytes: Uint8Array, name = 'The checkpoint'): Checkpoint {
  try {
    return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MemaeError(
      'TRAIN_CHECKPOINT_CORRUPT',
      `${name} cannot be used: ${why}. Remove it to train from the start.`,
      { cause: error },
    );
  }
}

function decode(bytes: Buffer): Checkpoint {
  if (bytes.length < 8) throw new Error(`8 bytes or more were expected, ${bytes.length} came`);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE());
  if (headerEnd > bytes.length) throw new Error('it ends within its header');
  const { __metadata__: metadata, ...tensors } = parseHeader(bytes.toString('utf8', 8, headerEnd));
  const { format, progress, sha256 } = (metadata ?? {}) as Record<string, unknown>;
  if (format !== '1') throw new Error(`format 1 was expected, ${String(format)} came`);
  if (checksum(bytes, bytes.indexOf(String(sha256))) !== sha256) {
    throw new Error('its checksum does not fit its bytes');
  }
  const body = bytes.subarray(headerEnd);
  const parameters = new Map<string, NdArray>();
  for (const [name, entry] of Object.entries(tensors)) {
    const { dtype, shape, data_offsets: offsets } = entry as TensorEntry;
    const [start, end] = offsets;
    const count = sizeOf(shape);
    if (dtype !== 'F32' || end - start !== 4 * count) {
      throw new Error(`${name} is not ${count} float32 numbers`);
    }
    const copy = Uint8Array.from(body.subarray(start, end));
    parameters.set(name, ndarray(new Float32Array(copy.buffer), shape));
  }
  return { parameters, progress: JSON.parse(String(progress)) as unknown };
}

function parseHeader(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    // The parser's own words would quote what came, which may be anything.
    throw new Error('its header is not JSON');
  }
}

/** SHA-256 of the bytes as they were before the checksum was written into them. */
function checksum(bytes: Buffer, at: number): string {
  return createHash('sha256')
    .update(bytes.subarray(0, at))
    .update(noChecksum)
    .update(bytes.subarray(at + noChecksum.length))
    .digest('hex');
}
