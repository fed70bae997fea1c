import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type MatCell, matBytes } from '../testing/mat-bytes.ts';
import { readMat } from './read-mat.ts';

const gt: MatCell[] = [
  { shape: [2, 1], data: [61, 180] },
  { shape: [2, 2], data: [1, 20, 30, 300] },
];

test.each([{ deflated: true }, { deflated: false }])(
  'reads numbers and cells of them, deflated: $deflated',
  (options) => {
    const variables = readMat(matBytes({ gt }, options));
    expect([...variables.keys()]).toEqual(['gt']);
    const array = variables.get('gt');
    expect(array).toMatchObject({ kind: 'cells', shape: [1, 2] });
    const cells = array?.kind === 'cells' ? array.cells : [];
    expect(
      cells.map((cell) => (cell.kind === 'numbers' ? [cell.shape, [...cell.data]] : [])),
    ).toEqual([
      [
        [2, 1],
        [61, 180],
      ],
      [
        [2, 2],
        [1, 20, 30, 300],
      ],
    ]);
  },
);

test('refuses other versions and broken files, by name', () => {
  const bytes = matBytes({ gt });
  expect(() => readMat(Buffer.from('MATLAB 7.3 MAT-file'.padEnd(200)), 'a.mat')).toThrow(
    /a\.mat: .*version 7\.3.*-v7/,
  );
  expect(() => readMat(Buffer.from('clip,frame'), 'a.mat')).toThrow(/a\.mat: .*starts otherwise/);
  expect(() => readMat(bytes.subarray(0, bytes.length - 9), 'a.mat')).toThrow(
    /a\.mat: a whole MAT/,
  );
  const noise = Buffer.concat([bytes.subarray(0, 136), deflateSync(Buffer.from('no element'))]);
  expect(() => readMat(noise, 'a.mat')).toThrow(/a\.mat: a whole MAT/);
});
