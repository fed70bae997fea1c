// The element types of the Open Inference Protocol and their bytes: little-endian, row-major, as every machine that
// Node.js and ONNX Runtime come for keeps them.

import type { DType } from '@memae/graph';
import { serverError } from './error.ts';

/** How each is kept here; FP16 by its bits, BYTES as it came. */
const arrays = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
  BYTES: Uint8Array,
} as const;

export type Datatype = keyof typeof arrays;
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** A named tensor as it crosses the border, in terms of no transport. */
export interface WireTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** The elements, row-major, in the array that the datatype has in `arrayOf`. */
  readonly data: TensorData;
}

/** The datatype of a model's elements. */
export const datatypeOf: Readonly<Record<DType, Datatype>> = {
  float32: 'FP32',
  int32: 'INT32',
  uint8: 'UINT8',
};

/** @throws `SERVER_BAD_REQUEST` naming those that there are */
export function requireDatatype(name: string): Datatype {
  if (Object.hasOwn(arrays, name)) return name as Datatype;
  const known = Object.keys(arrays).join(', ');
  throw serverError(
    'SERVER_BAD_REQUEST',
    `There is no datatype "${name}" in the protocol. Known: ${known}.`,
  );
}

/** Zeroed elements. */
export function createElements(datatype: Datatype, length: number): TensorData {
  return new arrays[datatype](length);
}

/**
 * Elements of their bytes, copied.
 * @throws `SERVER_BAD_REQUEST` for bytes that are no whole number of elements
 */
export function decodeElements(datatype: Datatype, bytes: Uint8Array): TensorData {
  const { BYTES_PER_ELEMENT: size } = arrays[datatype];
  if (bytes.byteLength % size !== 0) {
    throw serverError(
      'SERVER_BAD_REQUEST',
      `${bytes.byteLength} bytes are no whole number of ${datatype} elements, which have ${size} each.`,
    );
  }
  const own = new Uint8Array(bytes.byteLength);
  own.set(bytes);
  return new arrays[datatype](own.buffer);
}

/** The bytes of elements, over the same memory. */
export function encodeElements({ buffer, byteOffset, byteLength }: TensorData): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
