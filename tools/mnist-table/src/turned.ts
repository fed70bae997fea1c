// A test without anomalies: held-out normal samples against the same samples mirrored and turned. A
// model that has learned what is normal, and not just to copy, tells them apart. Settings are chosen
// by it, on the validation part, so that neither anomalies nor test samples have a say.

import type { Dataset } from '@memae/datasets';
import { ndarray } from '@memae/graph';
import type { FittedDetector, ScoredDataset } from '@memae/training';

/** Where a place of a square image comes from: mirrored two ways, turned two ways. */
const moves: readonly ((y: number, x: number, last: number) => readonly [number, number])[] = [
  (y, x, last) => [y, last - x],
  (y, x, last) => [last - y, x],
  (y, x, last) => [x, last - y],
  (y, x, last) => [last - x, y],
];

/** Scores the samples as they are (label 0) and moved (label 1). */
export async function scoreTurned(
  detector: FittedDetector,
  dataset: Dataset,
): Promise<Pick<ScoredDataset, 'scores' | 'labels'>> {
  const scores: number[] = [];
  const labels: number[] = [];
  for await (const { samples } of dataset.batches({ size: 256 })) {
    if (samples.dtype !== 'uint8') throw new Error('only images can be mirrored and turned');
    scores.push(...(await detector.score(samples)));
    const size = samples.shape.at(-1) ?? 0;
    for (const move of moves) {
      const moved = samples.data.map((_, i) => {
        const [x, y, image] = [i % size, Math.floor(i / size) % size, Math.floor(i / size / size)];
        const [fromY, fromX] = move(y, x, size - 1);
        return samples.data[(image * size + fromY) * size + fromX] ?? 0;
      });
      scores.push(...(await detector.score(ndarray(moved, samples.shape))));
    }
    const count = samples.shape[0] ?? 0;
    for (let i = 0; i < count * (1 + moves.length); i += 1) labels.push(i < count ? 0 : 1);
  }
  return { scores: Float32Array.from(scores), labels: Uint8Array.from(labels) };
}
