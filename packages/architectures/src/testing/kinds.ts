// For tests: a little data of each kind, and options that make training on it a matter of a second.

import { type Dataset, type Samples, arrayDataset } from '@memae/datasets';
import { createRandom, ndarray } from '@memae/graph';
import type { RawOptions } from '@memae/training';
import { drawn, drawnDataset, quick } from './strokes.ts';

/** Data to learn from, other samples of the kind, and options to be quick with. */
export interface Kind {
  readonly dataset: Dataset;
  readonly samples: Samples;
  readonly options: RawOptions;
}

/** Clips [count, 1, 6, 16, 16] of a bright square that moves to the right, each at a height of its own. */
function movingSquares(count: number, seed = 1): Samples {
  const random = createRandom(seed);
  const [frames, size] = [6, 16];
  const data = new Uint8Array(count * frames * size * size);
  for (let clip = 0; clip < count; clip += 1) {
    const [top, left] = [random.integer(12), random.integer(6)];
    for (let t = 0; t < frames; t += 1) {
      for (let y = top; y < top + 4; y += 1) {
        const row = ((clip * frames + t) * size + y) * size + left + t;
        data.fill(200 + random.integer(50), row, row + 4);
      }
    }
  }
  return ndarray(data, [count, 1, frames, size, size]);
}

/** Rows [count, 9] in [0, 1] that have three degrees of freedom. */
function dependentRows(count: number, seed = 1): Samples {
  const random = createRandom(seed);
  const data = Array.from({ length: count }, () => {
    const [a, b, c] = [random.uniform(), random.uniform(), random.uniform()];
    return [a, b, c, a * b, b * c, (a - c + 1) / 2, Math.sqrt(a), b ** 2, (a + b + c) / 3];
  });
  return ndarray(data.flat(), [count, 9]);
}

/** Digits, clips and rows. */
export const kinds: readonly Kind[] = [
  {
    dataset: drawnDataset([1], { count: 200 }),
    samples: drawn([0, 1, 2], { count: 30, seed: 2 }),
    options: quick,
  },
  {
    dataset: arrayDataset({ name: 'squares', modality: 'video', samples: movingSquares(24) }),
    samples: movingSquares(7, 2),
    options: {
      'training.epochs': 2,
      'training.batch': 6,
      'training.rate': 1e-2,
      'network.width': 0.1,
    },
  },
  {
    dataset: arrayDataset({ name: 'rows', modality: 'tabular', samples: dependentRows(200) }),
    samples: dependentRows(30, 2),
    options: { 'training.epochs': 2, 'training.rate': 1e-2, 'network.widths': '6-3' },
  },
];
