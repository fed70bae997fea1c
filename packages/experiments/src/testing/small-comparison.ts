// A comparison small enough for tests: AE and MemAE on a few hundred drawn digits.

import { ae, memae } from '@memae/architectures';
import { openBackend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { type Pool, drawStrokes } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import type { Comparison } from '../compare/comparison.ts';
import { type ComparisonOptions, runComparison } from '../compare/run-comparison.ts';

/** 200 drawings each of 0, 1 and 5. */
function smallPool(): Pool {
  const names = ['0', '1', '5'];
  const { images, labels } = drawStrokes({
    count: 600,
    random: createRandom(3),
    classes: names.map(Number),
  });
  return {
    name: 'few-strokes',
    images,
    labels: labels.map((digit) => names.indexOf(String(digit))),
    classes: names,
  };
}

export async function smallComparison(
  options: Partial<ComparisonOptions> = {},
): Promise<Comparison> {
  const backend = await openBackend([ortBackend()]);
  let now = 0;
  try {
    return await runComparison({
      pool: smallPool(),
      normal: 5,
      methods: [
        { plugin: ae, label: 'AE' },
        // After so few epochs no weight stands out far.
        { plugin: memae, label: 'MemAE', options: { 'memory.shrinkage': 1 } },
      ],
      budget: { 'training.epochs': 2 },
      seed: 7,
      backend,
      clock: () => (now += 100),
      ...options,
    });
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}
