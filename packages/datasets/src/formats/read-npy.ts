// NPY, numpy's format for one array (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a magic word,
// a version, the length of a header, the header as a Python dictionary, then the numbers.

import { type Shape, formatShape, sizeOf } from '@memae/graph';
import { datasetError } from '../error.ts';
import { readBytes } from '../read-bytes.ts';
import { type NumberKind, type Numbers, bytesOf, isNumberKind, readNumbers } from './numbers.ts';

/** Numbers, row-major. */
export interface NumberArray {
  readonly shape: Shape;
  readonly data: Numbers;
}

const magic = '\u0093NUMPY';

/** What stands before the numbers. */
interface Header {
  readonly kind: NumberKind;
  readonly shape: Shape;
  readonly little: boolean;
  /** Whether the first index runs fastest. */
  readonly fortran: boolean;
  /** Where the numbers start. */
  readonly start: number;
}

/**
 * Reads an array of whole numbers, floats or truth values (as 0 and 1), of either byte order; `file` names it in messages.
 * @throws `DATASET_CORRUPT` for anything else, and for one cut short.
 */
export function readNpy(bytes: Uint8Array, file = 'NPY data'): NumberArray {
  const { kind, shape, little, fortran, start } = readHeader(bytes, file);
  const size = sizeOf(shape) * bytesOf(kind);
  if (bytes.length !== start + size) {
    throw refusal(
      file,
      `after the header, ${formatShape(shape)} numbers take ${size} bytes and ${bytes.length - start} came. ` +
        'Fetch or save it again.',
    );
  }
  const data = readNumbers(bytes.subarray(start), kind, little);
  return { shape, data: fortran ? rowMajor(data, shape) : data };
}

/** Numbers whose first index runs fastest, put so that the last does. */
function rowMajor(data: Numbers, shape: Shape): Numbers {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  return data.map((_, i) => {
    let [rest, at] = [i, 0];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const length = shape[axis] ?? 1;
      at += (rest % length) * (strides[axis] ?? 0);
      rest = Math.floor(rest / length);
    }
    return data[at] ?? 0;
  });
}

/**
 * The shape of the array in a file, from its first bytes.
 * @throws `DATASET_NOT_FOUND` when it cannot be read; `DATASET_CORRUPT` as `readNpy` for another header.
 */
export async function npyShape(file: string): Promise<Shape> {
  return readHeader(await readBytes(file, { first: 4096 }), file).shape;
}

function readHeader(bytes: Uint8Array, file: string): Header {
  if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== magic || bytes.length < 12) {
    throw refusal(file, 'it does not start as one does. Is it an .npy file?');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 1) > 1;
  const start = (wide ? 12 : 10) + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(wide ? 12 : 10, start)).toString('latin1');

  const [, order = '', kindHere = ''] = /'descr': *'([<>|=]?)(\w+)'/.exec(header) ?? [];
  const lengths = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  const kind = kindHere === 'b1' ? 'u1' : kindHere;
  if (!isNumberKind(kind) || lengths === undefined) {
    throw refusal(
      file,
      `its header is ${header.trim()}. Save whole numbers, floats or truth values.`,
    );
  }
  const shape = lengths
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const fortran = header.includes("'fortran_order': True");
  return { kind, shape, little: order !== '>', fortran, start };
}

function refusal(file: string, problem: string) {
  return datasetError(
    'DATASET_CORRUPT',
    `${file}: an array saved by numpy.save was expected, but ${problem}`,
  );
}
