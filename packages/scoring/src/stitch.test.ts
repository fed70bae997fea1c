import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSamples, tiledOf, writeTextures } from '@memae/datasets';
import { type NdArray, ndarray } from '@memae/graph';
import { expect, test } from 'vitest';
import { stitched } from './stitch.ts';

test.each([0, 7])(
  'a map of what tiles hold is the image again, tiles sharing %i pixels',
  async (overlap) => {
    const folder = await mkdtemp(join(tmpdir(), 'memae-stitch-'));
    await writeTextures(folder, { limit: 1, size: [40, 52] });
    const files = ['hole', 'stain'].map((kind) => join(folder, 'mesh', 'test', kind, '000.png'));
    const whole = await openSamples(files, { colour: 'grey' });
    const tiles = await openSamples(files, { colour: 'grey', tiling: { tile: 16, overlap } });
    const tiled = tiledOf(tiles);
    if (tiled === undefined) return expect.fail('not cut');

    // A model that says of each pixel twice what it is, and of each tile its brightest pixel; batches end within images.
    async function* answered() {
      for await (const batch of tiles.batches({ size: 5 })) {
        const { data, shape } = batch.samples;
        const size = data.length / batch.keys.length;
        const score = batch.keys.map((_, i) =>
          Math.max(...data.subarray(i * size, (i + 1) * size)),
        );
        const answers = {
          score: ndarray(score, [score.length]),
          errorMap: ndarray(
            Float32Array.from(data, (value) => 2 * value),
            shape,
          ),
          weights: ndarray(new Float32Array(3 * score.length), [score.length, 3]),
        };
        yield { batch, answers };
      }
    }
    const images = [];
    for await (const image of stitched(answered(), tiled)) images.push(image);
    const [all] = await collect(whole.batches({ size: 9 }));
    expect(images.map(({ batch }) => batch.keys)).toEqual(files.map((file) => [file]));
    images.forEach(({ batch, answers }, i) => {
      const pixels = all?.samples.data.slice(i * 40 * 52, (i + 1) * 40 * 52) ?? new Uint8Array();
      expect(batch.samples).toEqual({ dtype: 'uint8', shape: [1, 1, 40, 52], data: pixels });
      expect(Object.keys(answers).sort()).toEqual(['errorMap', 'score']);
      const { data } = answers['errorMap'] as NdArray;
      expect([...data]).toEqual(Array.from(pixels, (value) => 2 * value));
      expect(answers['score']?.data[0]).toBe(Math.max(...pixels));
    });
  },
);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
