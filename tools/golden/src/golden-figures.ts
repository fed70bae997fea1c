// All figures of one file on one engine.

import type { BackendProvider } from '@memae/backend';
import type { Comparison } from './comparison.ts';
import { type MemoryCase, type NetworkFile, readGolden } from './golden-file.ts';
import { memoryFigures } from './memory-figures.ts';
import { networkFigures } from './network-figures.ts';

export async function goldenFigures(engine: BackendProvider, name: string): Promise<Comparison[]> {
  const backend = await engine.open();
  try {
    if (name !== 'memory') return await networkFigures(backend, readGolden(name) as NetworkFile);
    const { cases } = readGolden(name) as { readonly cases: readonly MemoryCase[] };
    const found: Comparison[] = [];
    for (const [i, golden] of cases.entries()) {
      const figures = await memoryFigures(backend, golden);
      found.push(...figures.map((figure) => ({ ...figure, name: `case ${i} ${figure.name}` })));
    }
    return found;
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}
