// A tensor of the protocol as the model takes it. What the model's numbers cannot hold exactly is refused, never rounded.

import { type AnyNdArray, type DType, createData } from '@memae/graph';
import { type TensorData, type WireTensor, datatypeOf } from './datatypes.ts';
import { serverError } from './error.ts';
import { fromHalf } from './half.ts';

/**
 * The elements as `dtype`, over the same memory where they are of it already.
 * @throws `SERVER_BAD_REQUEST` naming the first element that is not finite, or that `dtype` cannot hold
 */
export function toArray(tensor: WireTensor, dtype: DType): AnyNdArray {
  const { name, datatype, shape, data } = tensor;
  const refuse = (what: string): Error =>
    serverError('SERVER_BAD_REQUEST', `Input "${name}": ${what}`);
  const kept = datatype === datatypeOf[dtype];
  // Any whole number will do.
  if (kept && dtype !== 'float32') return { dtype, shape, data } as AnyNdArray;
  // By far the most common, and as many as a batch has: a loop over one kind of array is several times as fast.
  if (kept && data instanceof Float32Array && isFinite32(data))
    return { dtype: 'float32', shape, data };
  const target = createData(dtype, data.length);
  for (let i = 0; i < data.length; i += 1) {
    const value = numberAt(data, i, datatype);
    target[i] = value;
    if (target[i] === value && Number.isFinite(value)) continue;
    const odd = Number.isNaN(value) ? String(data[i]) : String(value);
    throw refuse(
      Number.isFinite(value)
        ? `element ${i}, ${odd}, is no ${datatypeOf[dtype]}, which the model takes; only what it holds exactly is converted.`
        : `element ${i} is ${odd}; finite numbers were expected.`,
    );
  }
  return { dtype, shape, data: target } as AnyNdArray;
}

/** Times 0 a number is 0, and what is none is NaN, as is then the sum: half again as fast as asking of each. */
function isFinite32(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum += (data[i] ?? NaN) * 0;
  return sum === 0;
}

/** NaN for what no number holds exactly. */
function numberAt(data: TensorData, i: number, datatype: WireTensor['datatype']): number {
  const raw = data[i] ?? NaN;
  if (typeof raw === 'bigint') return BigInt(Number(raw)) === raw ? Number(raw) : NaN;
  if (datatype === 'FP16') return fromHalf(raw);
  if (datatype === 'BOOL') return raw > 1 ? NaN : raw;
  return raw;
}
