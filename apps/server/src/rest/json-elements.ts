// A tensor's elements in JSON: a flat list, or lists in lists as its shape has them.

import { formatShape, sizeOf } from '@memae/graph';
import { type Datatype, type TensorData, createElements } from '../core/datatypes.ts';
import { serverError } from '../core/error.ts';

interface Declared {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

type Test = (value: unknown) => value is number | boolean;

const isBoolean: Test = (value) => typeof value === 'boolean';
const isWhole =
  (from: number, to: number): Test =>
  (value): value is number =>
    Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to;
const isFinite32: Test = (value): value is number =>
  typeof value === 'number' && Number.isFinite(Math.fround(value));
const isFinite64: Test = (value): value is number => Number.isFinite(value);

/** Whole numbers of 64 bits only as far as those of JSON are exact. */
const elementTests: Readonly<Record<Exclude<Datatype, 'BYTES' | 'FP16'>, Test>> = {
  BOOL: isBoolean,
  UINT8: isWhole(0, 2 ** 8 - 1),
  UINT16: isWhole(0, 2 ** 16 - 1),
  UINT32: isWhole(0, 2 ** 32 - 1),
  UINT64: isWhole(0, Number.MAX_SAFE_INTEGER),
  INT8: isWhole(-(2 ** 7), 2 ** 7 - 1),
  INT16: isWhole(-(2 ** 15), 2 ** 15 - 1),
  INT32: isWhole(-(2 ** 31), 2 ** 31 - 1),
  INT64: isWhole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  FP32: isFinite32,
  FP64: isFinite64,
};

/** @throws `SERVER_BAD_REQUEST` naming the first element that the datatype cannot be, or where lists do not fit the shape */
export function readElements(data: readonly unknown[], declared: Declared): TensorData {
  const { name, datatype, shape } = declared;
  const refuse = (what: string): Error =>
    serverError('SERVER_BAD_REQUEST', `Input "${name}": ${what}`);
  // What the model says to it is said there.
  if (datatype === 'BYTES') return createElements(datatype, 0);
  if (datatype === 'FP16') throw refuse('JSON has no FP16. Send it as binary data, or as FP32.');
  const nested = shape.length > 1 && Array.isArray(data[0]);
  if (nested && !isNestedAs(data, shape)) {
    throw refuse(`lists in lists came, but not as its shape ${formatShape(shape)} has them.`);
  }
  const flat = nested ? data.flat(shape.length - 1) : data;
  if (flat.length !== sizeOf(shape)) {
    const size = `its shape ${formatShape(shape)} holds ${sizeOf(shape)} elements`;
    throw refuse(`${size}, but ${flat.length} came.`);
  }
  const elements = createElements(datatype, flat.length);
  const isElement = elementTests[datatype];
  flat.forEach((value, i) => {
    if (!isElement(value)) {
      throw refuse(`element ${i} is ${tell(value)}, which is no ${datatype}.`);
    }
    elements[i] = datatype === 'INT64' || datatype === 'UINT64' ? BigInt(value) : Number(value);
  });
  return elements;
}

/** Of what has parts no more than what it is: they may lie deeper than can be written. */
function tell(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null
    ? 'an object'
    : JSON.stringify(value).slice(0, 40);
}

function isNestedAs(list: readonly unknown[], [length, ...rest]: readonly number[]): boolean {
  return (
    list.length === length &&
    (rest.length === 0 || list.every((item) => Array.isArray(item) && isNestedAs(item, rest)))
  );
}
