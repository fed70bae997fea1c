import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndarray } from '@memae/graph';
import { encodeCheckpoint } from '@memae/training';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPictures, writePictures } from './pictures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memae-pictures-'));
});
afterAll(() => rm(folder, { recursive: true }));

const array = (...values: number[]) => ndarray(values, [1, 1, values.length]);

it('pictures come back as they were written', async () => {
  const pictures = [
    { key: 'a', label: 0, class: '2', score: 0.5, sample: array(0, 1) },
    {
      ...{ key: 'b', label: 1, class: '3', score: 1.5, sample: array(1, 0) },
      ...{ reconstruction: array(0.5, 0.5), errorMap: array(0.25, 0.25), weights: array(1) },
    },
  ];
  const memory = { items: ndarray([1, 2], [2, 1, 1, 1]), use: ndarray([0.75, 0.25], [2]) };
  await writePictures(join(folder, 'x'), { pictures, ...memory });
  expect(await readPictures(join(folder, 'x'))).toEqual({ pictures, ...memory });
  expect(await readPictures(join(folder, 'none'))).toBeUndefined();
});

it.each([
  ['no list', {}],
  ['something else', [{ key: 7 }]],
  ['a picture that is not there', [{ key: 'a', label: 0, class: '2', score: 0.5 }]],
])('a file that lists %s is refused by name', async (_, progress) => {
  const other = join(folder, 'other');
  await mkdir(other, { recursive: true });
  const file = join(other, 'pictures.safetensors');
  await writeFile(file, encodeCheckpoint({ parameters: new Map(), progress }));
  await expect(readPictures(other)).rejects.toMatchObject({
    code: 'EXPERIMENT_BAD_ROWS',
    message: expect.stringContaining(file) as string,
  });
});
