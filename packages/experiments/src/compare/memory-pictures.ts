// The paper's figure 3: what a memory holds, seen by decoding its items one by one.

import type { Backend } from '@memae/backend';
import { type NdArray, zeros } from '@memae/graph';
import type { FittedDetector } from '@memae/training';
import type { MemoryPictures } from './comparison.ts';

/** Runs the program of the decoded items, and averages their weights [B, N] over the normal samples. */
export async function memoryPictures(
  program: NonNullable<FittedDetector['decodedItems']>,
  {
    backend,
    weights,
    labels,
  }: { readonly backend: Backend; readonly weights: NdArray; readonly labels: Uint8Array },
): Promise<MemoryPictures> {
  const executable = await backend.compile(program);
  try {
    const { items } = await executable.run({});
    const pictures = zeros(items.shape);
    pictures.data.set(items.data);
    return { items: pictures, use: meanUse(weights, labels) };
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

function meanUse({ data, shape }: NdArray, labels: Uint8Array): Float32Array {
  const [, slots = 0] = shape;
  const normals = labels.reduce((count, label) => count + (label === 0 ? 1 : 0), 0);
  const use = new Float32Array(slots);
  labels.forEach((label, sample) => {
    if (label !== 0) return;
    for (let item = 0; item < slots; item += 1) {
      use[item] = (use[item] ?? 0) + (data[sample * slots + item] ?? 0) / normals;
    }
  });
  return use;
}
