import { detectorContract } from '@memae/training/contract';
import { architectures } from './index.ts';
import { drawn, drawnDataset, quick } from './testing/strokes.ts';

for (const plugin of architectures) {
  detectorContract(plugin, {
    options: quick,
    dataset: drawnDataset([1], { count: 200 }),
    samples: drawn([0, 1, 2], { count: 30, seed: 2 }),
  });
}
