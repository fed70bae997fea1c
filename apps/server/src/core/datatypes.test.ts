import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Datatype,
  createElements,
  decodeElements,
  encodeElements,
  requireDatatype,
} from './datatypes.ts';
import { fromHalf } from './half.ts';

const names = [
  ...['BOOL', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64'],
  ...['FP16', 'FP32', 'FP64', 'BYTES'],
] as readonly Datatype[];

test('elements of every datatype come back from their bytes, wherever these lie', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.uint8Array({ maxLength: 64 }),
      fc.nat(9),
      (name, bytes, offset) => {
        const elements = createElements(name, Math.floor(bytes.length / 8));
        encodeElements(elements).set(bytes.subarray(0, elements.byteLength));
        const body = new Uint8Array(offset + elements.byteLength);
        body.set(encodeElements(elements), offset);
        expect(decodeElements(name, body.subarray(offset))).toEqual(elements);
      },
    ),
  );
});

test('bytes that are no whole number of elements, and datatypes there are none of, are refused', () => {
  expect(() => decodeElements('FP32', new Uint8Array(6))).toThrow(/6 bytes .* have 4 each/);
  expect(() => requireDatatype('float32')).toThrow(/no datatype "float32".* Known: BOOL, UINT8/);
  expect(() => requireDatatype('toString')).toThrow(/no datatype/);
});

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3c00, 1],
  [0x3555, 0.333251953125],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
])('%i are the bits of the half-precision %d', (bits, value) => {
  expect(fromHalf(bits)).toBe(value);
});
