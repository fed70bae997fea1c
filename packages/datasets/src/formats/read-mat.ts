// MAT-files of version 5 (MathWorks, "MAT-File Format"), as far as labels and masks need them: variables that are
// numbers or cells of such. A file is a header of 128 bytes, then elements: a type, a length, and so many bytes,
// each on a boundary of eight; an element may be deflated, and one of up to four bytes shares the eight of its tag.

import { inflateSync } from 'node:zlib';
import { type Shape, sizeOf } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import { type NumberKind, type Numbers, readNumbers } from './numbers.ts';

/** A variable. Its numbers, or its cells, lie in MATLAB's order: down the columns. */
export type MatArray =
  | { readonly kind: 'numbers'; readonly shape: Shape; readonly data: Numbers }
  | { readonly kind: 'cells'; readonly shape: Shape; readonly cells: readonly MatArray[] }
  | { readonly kind: 'other' };

const compressed = 15;
const matrix = 14;
const cellClass = 1;
const firstNumericClass = 6;
const lastNumericClass = 15;
const numberKinds: Readonly<Record<number, NumberKind>> = {
  1: 'i1',
  2: 'u1',
  3: 'i2',
  4: 'u2',
  5: 'i4',
  6: 'u4',
  7: 'f4',
  9: 'f8',
  12: 'i8',
  13: 'u8',
};
/** What one variable may unpack to. */
const maxBytes = 2 ** 31;

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * The variables of a MAT-file by name; `file` names it in messages. Characters, structures and sparse matrices come
 * as `other`.
 * @throws `DATASET_CORRUPT` for another format or version, and for a file cut short.
 */
export function readMat(bytes: Uint8Array, file = 'MAT data'): ReadonlyMap<string, MatArray> {
  const text = Buffer.from(bytes.subarray(0, 128)).toString('latin1');
  const order = text.slice(126);
  if (!text.startsWith('MATLAB 5.0') || (order !== 'IM' && order !== 'MI')) {
    const newer = text.startsWith('MATLAB 7.3') ? 'it is of version 7.3' : 'it starts otherwise';
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: a MAT-file of version 5 to 7 was expected, but ${newer}. In MATLAB, save it with the option -v7.`,
    );
  }
  try {
    const little = order === 'IM';
    const variables = new Map<string, MatArray>();
    for (const element of elements(bytes.subarray(128), little)) {
      const { name, array } = variable(element, little);
      variables.set(name, array);
    }
    return variables;
  } catch (error) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: a whole MAT-file was expected, but reading it failed: ${reasonOf(error)}. Fetch it again.`,
      error,
    );
  }
}

/** The elements that `bytes` holds, one after another, those that are deflated unpacked. */
function* elements(bytes: Uint8Array, little: boolean): Generator<Element> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const word = view.getUint32(at, little);
    const isSmall = word >>> 16 > 0;
    const type = isSmall ? word & 0xffff : word;
    const length = isSmall ? word >>> 16 : view.getUint32(at + 4, little);
    const start = at + (isSmall ? 4 : 8);
    const content = bytes.subarray(start, start + length);
    if (content.length < length) {
      throw new RangeError(`an element of ${length} bytes has ${content.length}`);
    }
    if (type === compressed) {
      const plain = inflateSync(content, { maxOutputLength: maxBytes });
      yield* elements(new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength), little);
    } else {
      yield { type, bytes: content };
    }
    // Deflated elements are not padded.
    at =
      type === compressed ? start + length : isSmall ? at + 8 : start + 8 * Math.ceil(length / 8);
  }
}

/** A matrix is itself a row of elements: flags, dimensions, name, then its content. */
function variable(
  element: Element,
  little: boolean,
): { readonly name: string; readonly array: MatArray } {
  if (element.type !== matrix) return { name: '', array: { kind: 'other' } };
  const [flags, dimensions, name, ...content] = elements(element.bytes, little);
  if (flags === undefined || dimensions === undefined || name === undefined) {
    throw new RangeError('a matrix has no flags, dimensions or name');
  }
  const arrayClass = Number(readNumbers(flags.bytes, 'u4', little)[0]) & 0xff;
  const shape = Array.from(readNumbers(dimensions.bytes, 'i4', little));
  return {
    name: Buffer.from(name.bytes).toString('latin1'),
    array: contentOf(arrayClass, shape, { content, little }),
  };
}

function contentOf(
  arrayClass: number,
  shape: Shape,
  { content, little }: { readonly content: readonly Element[]; readonly little: boolean },
): MatArray {
  const size = sizeOf(shape);
  if (arrayClass === cellClass) {
    const cells = content.map((element) => variable(element, little).array);
    if (cells.length !== size)
      throw new RangeError(`${size} cells are announced, ${cells.length} are there`);
    return { kind: 'cells', shape, cells };
  }
  if (arrayClass < firstNumericClass || arrayClass > lastNumericClass) return { kind: 'other' };
  const [real] = content;
  const kind = numberKinds[real?.type ?? 0];
  if (real === undefined || kind === undefined) throw new RangeError('a matrix holds no numbers');
  const data = readNumbers(real.bytes, kind, little);
  if (data.length !== size)
    throw new RangeError(`${size} numbers are announced, ${data.length} are there`);
  return { kind: 'numbers', shape, data };
}
