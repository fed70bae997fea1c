// A test without anomalies: held-out normal samples against the same samples mirrored and turned. A
// model that has learned what is normal, and not just to copy, tells them apart. Settings are chosen
// by it, on the validation part, so that neither anomalies nor test samples have a say.

import { type Split, labelledDataset } from '@memae/datasets';
import { type NdArray, ndarray } from '@memae/graph';
import { wholeOf } from '../compare/samples.ts';
import { experimentError } from '../error.ts';

/** Where a place of a square picture comes from: mirrored two ways, turned two ways. */
const moves: readonly ((y: number, x: number, last: number) => readonly [number, number])[] = [
  (y, x, last) => [y, last - x],
  (y, x, last) => [last - y, x],
  (y, x, last) => [x, last - y],
  (y, x, last) => [last - x, y],
];

/** The split with, in place of its test, the validation samples as they are (0) and moved (1). */
export async function turnedSplit(split: Split<'image'>): Promise<Split<'image'>> {
  const { samples, keys } = await wholeOf(split.validation);
  const [, , height, width] = samples.shape;
  if (samples.dtype !== 'uint8' || height !== width) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `Only square pictures can be mirrored and turned, but those of ${split.name} are ${samples.dtype} ` +
        `${samples.shape.slice(1).join('×')}. Leave --against out, or resize them.`,
    );
  }
  const all = [samples.data, ...moves.map((move) => moved(samples, move))];
  const data = new Uint8Array(all.length * samples.data.length);
  all.forEach((part, i) => {
    data.set(part, i * samples.data.length);
  });
  return {
    ...split,
    protocol: `${split.protocol}; tested on the held-out samples, mirrored and turned ones being anomalous`,
    test: labelledDataset({
      name: `${split.name} turned`,
      modality: 'image',
      samples: ndarray(data, [all.length * keys.length, ...samples.shape.slice(1)]),
      keys: all.flatMap((_, i) => keys.map((key) => (i === 0 ? key : `${key}/moved ${i}`))),
      labels: Uint8Array.from({ length: all.length * keys.length }, (_, i) =>
        i < keys.length ? 0 : 1,
      ),
    }),
  };
}

function moved(
  { data, shape }: NdArray<'uint8'>,
  move: (y: number, x: number, last: number) => readonly [number, number],
): Uint8Array {
  const size = shape.at(-1) ?? 0;
  return data.map((_, i) => {
    const [x, y, plane] = [i % size, Math.floor(i / size) % size, Math.floor(i / size / size)];
    const [fromY, fromX] = move(y, x, size - 1);
    return data[(plane * size + fromY) * size + fromX] ?? 0;
  });
}
