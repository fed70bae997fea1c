import { ortBackend } from '@memae/backend/ort';
import { arrayDataset, drawStrokes } from '@memae/datasets';
import { type NdArray, createRandom } from '@memae/graph';
import { rocAuc } from '@memae/metrics';
import { detectorContract } from '@memae/training/contract';
import { expect, it } from 'vitest';
import { unetMemory } from './unet-memory.ts';

function drawn(classes: readonly number[], count: number, seed: number): NdArray<'uint8'> {
  return drawStrokes({ count, classes, random: createRandom(seed) }).images;
}

const others = [0, 1, 2, 3, 4, 6, 7, 8, 9];
const quick = { 'training.epochs': 2, 'training.batch': 16, slots: 20 };

detectorContract(unetMemory, {
  options: quick,
  dataset: arrayDataset({ name: 'fives', modality: 'image', samples: drawn([5], 64, 1) }),
  samples: drawn([5, 1], 20, 2),
});

it('with memories tells other digits from the one it has learned; without them it copies them all', async () => {
  const backend = await ortBackend({ threads: 1 }).open();
  const dataset = arrayDataset({ name: 'fives', modality: 'image', samples: drawn([5], 300, 1) });
  const auroc = async (memories: boolean) => {
    const options = { memories, 'training.epochs': 10, 'training.batch': 16 };
    const detector = await unetMemory
      .create(options)
      .fit(dataset, { backend, random: createRandom(1) });
    const [normal, odd] = [
      await detector.score(drawn([5], 100, 2)),
      await detector.score(drawn(others, 200, 3)),
    ];
    await detector[Symbol.asyncDispose]();
    const labels = Uint8Array.from({ length: 300 }, (_, i) => (i < 100 ? 0 : 1));
    return rocAuc([...normal, ...odd], labels);
  };
  const [withMemories, without] = [await auroc(true), await auroc(false)];
  await backend[Symbol.asyncDispose]();
  expect(withMemories).toBeGreaterThan(without + 0.1);
  expect(withMemories).toBeGreaterThan(0.8);
});
