// NPY, numpy's format for one array (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a magic word,
// a version, the length of a header, the header as a Python dictionary, then the numbers.

import { type Shape, formatShape, sizeOf } from '@memae/graph';
import { datasetError } from '../error.ts';
import { type Numbers, bytesOf, isNumberKind, readNumbers } from './numbers.ts';

/** Numbers, row-major. */
export interface NumberArray {
  readonly shape: Shape;
  readonly data: Numbers;
}

const magic = '\u0093NUMPY';

/**
 * Reads an array of whole numbers, floats or truth values (as 0 and 1), of either byte order; `file` names it in messages.
 * @throws `DATASET_CORRUPT` for anything else, and for one cut short or in Fortran's order.
 */
export function readNpy(bytes: Uint8Array, file = 'NPY data'): NumberArray {
  const refuse = (problem: string): Error =>
    datasetError(
      'DATASET_CORRUPT',
      `${file}: an array saved by numpy.save was expected, but ${problem}`,
    );
  if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== magic || bytes.length < 12) {
    throw refuse('it does not start as one does. Is it an .npy file?');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 1) > 1;
  const start = (wide ? 12 : 10) + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(wide ? 12 : 10, start)).toString('latin1');

  const [, order = '', kindHere = ''] = /'descr': *'([<>|=]?)(\w+)'/.exec(header) ?? [];
  const lengths = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  const kind = kindHere === 'b1' ? 'u1' : kindHere;
  if (!isNumberKind(kind) || lengths === undefined) {
    throw refuse(`its header is ${header.trim()}. Save whole numbers, floats or truth values.`);
  }
  const shape = lengths
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (header.includes("'fortran_order': True") && shape.filter((length) => length > 1).length > 1) {
    throw refuse('it is in Fortran order. Save numpy.ascontiguousarray(array).');
  }
  const size = sizeOf(shape) * bytesOf(kind);
  if (bytes.length !== start + size) {
    throw refuse(
      `after the header, ${formatShape(shape)} numbers take ${size} bytes and ${bytes.length - start} came. ` +
        'Fetch or save it again.',
    );
  }
  return { shape, data: readNumbers(bytes.subarray(start), kind, order !== '>') };
}
