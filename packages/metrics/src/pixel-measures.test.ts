import { type Random, createRandom } from '@memae/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { labelledScores } from './arbitraries.ts';
import { type PixelMap, measurePixels } from './pixel-measures.ts';
import { findRegions } from './regions.ts';
import { rocAuc } from './roc.ts';

/** Regions by their definition: the lowest pixel that can be reached is handed on until nothing changes. */
function slowRegions(mask: ArrayLike<number>, width: number): number[][] {
  const pixels = Array.from(mask).flatMap((inside, i) => (inside === 1 ? [i] : []));
  const near = (a: number, b: number): boolean =>
    Math.abs((a % width) - (b % width)) <= 1 &&
    Math.abs(Math.floor(a / width) - Math.floor(b / width)) <= 1;
  const lowest = new Map(pixels.map((pixel) => [pixel, pixel]));
  const at = (pixel: number): number => lowest.get(pixel) ?? pixel;
  for (let changed = true; changed;) {
    changed = false;
    for (const a of pixels) {
      for (const b of pixels) {
        if (!near(a, b) || at(b) >= at(a)) continue;
        lowest.set(a, at(b));
        changed = true;
      }
    }
  }
  return [...new Set(lowest.values())].map((name) => pixels.filter((pixel) => at(pixel) === name));
}

/** PRO by its definition: a threshold at a time, then trapezoids, the last one cut at the limit. */
function slowPro(maps: readonly PixelMap[], limit: number): number {
  const regions = maps.flatMap(({ mask, width, scores }) =>
    slowRegions(mask, width).map((pixels) => pixels.map((pixel) => scores[pixel] ?? NaN)),
  );
  const normal = maps.flatMap(({ mask, scores }) =>
    Array.from(scores).filter((_, i) => mask[i] === 0),
  );
  const above = (scores: readonly number[], threshold: number): number =>
    scores.filter((score) => score > threshold).length / scores.length;
  const thresholds = [...new Set([...normal, ...regions.flat()])].sort((a, b) => b - a);
  const curve = [...thresholds, -Infinity].map((threshold) => ({
    x: above(normal, threshold),
    y: regions.reduce((sum, region) => sum + above(region, threshold), 0) / regions.length,
  }));
  return (
    curve.slice(1).reduce((sum, to, i) => {
      const from = curve[i] ?? to;
      const end = Math.min(to.x, limit);
      if (end <= from.x) return sum;
      const height = from.y + ((to.y - from.y) * (end - from.x)) / (to.x - from.x);
      return sum + ((from.y + height) / 2) * (end - from.x);
    }, 0) / limit
  );
}

function drawMap(random: Random, levels: number): PixelMap {
  const [height, width] = [1 + random.integer(9), 1 + random.integer(9)];
  const share = random.uniform(0, 0.7);
  const mask = Array.from({ length: height * width }, () => (random.uniform() < share ? 1 : 0));
  const scores = mask.map((inside) => random.integer(levels) / levels - 0.5 + 0.25 * inside);
  return { scores: Float32Array.from(scores), mask, width };
}

test('PRO is what its definition gives, and AUROC that of all pixels', async () => {
  const random = createRandom(3);
  for (let round = 0; round < 30; round += 1) {
    // A map of each pixel kind first, so that both are there.
    const sure = { scores: [0.5, 0.25], mask: [1, 0], width: 2 };
    const maps = [
      sure,
      ...Array.from({ length: 4 }, () => drawMap(random, round % 2 === 0 ? 8 : 1e6)),
    ];
    const limit = round % 3 === 0 ? 1 : 0.3;
    const found = await measurePixels(maps, { limit });
    const scores = maps.flatMap((map) => Array.from(map.scores));
    const labels = maps.flatMap((map) => Array.from(map.mask));
    const [auroc, pro] = [rocAuc(scores, labels), slowPro(maps, limit)];
    expect(Math.abs(found.auroc - auroc)).toBeLessThanOrEqual(found.uncertainty.auroc + 1e-12);
    expect(Math.abs(found.pro - pro)).toBeLessThanOrEqual(found.uncertainty.pro + 1e-12);
    if (round % 2 === 0) expect(found.pro).toBeCloseTo(pro, 12);
    expect(found).toMatchObject({
      pixels: scores.length,
      anomalousPixels: labels.filter((label) => label === 1).length,
      regions: maps.reduce((sum, { mask, width }) => sum + slowRegions(mask, width).length, 0),
    });
  }
});

test('each region counts alike, however large', async () => {
  // A region of four is found, one of a single pixel is missed until half of the normal pixels are flagged.
  const map = { scores: [9, 9, 9, 9, 3, 1, 3, 1], mask: [1, 1, 1, 1, 0, 1, 0, 0], width: 8 };
  expect(await measurePixels([map])).toMatchObject({ pro: 0.5, regions: 2, anomalousPixels: 5 });
});

test('regions touch at edges and corners, and not across the sides of a picture', () => {
  const mask = Uint8Array.of(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0);
  // 1 · · 1
  // · 1 · ·
  // · · 1 ·
  const { region, sizes } = findRegions(mask, 4);
  expect([...region]).toEqual([1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0]);
  expect(sizes).toEqual([3, 1]);
});

test('few scores far apart are exact, negative ones and both zeros among them', async () => {
  await fc.assert(
    fc.asyncProperty(labelledScores, async ({ scores, labels }) => {
      const map = { scores: scores.map((s) => (s === 0 ? -0 : s)), mask: labels, width: 1 };
      const { auroc, uncertainty } = await measurePixels([map, { ...map, scores }]);
      expect(auroc).toBeCloseTo(rocAuc([...scores, ...scores], [...labels, ...labels]), 12);
      expect(uncertainty.auroc).toBeLessThan(1);
    }),
    { numRuns: 30 },
  );
});

test('what shares a bin is told: the true figure lies within the uncertainty', async () => {
  // All within one part in 2048, so that only their order tells them apart.
  const scores = Float32Array.of(1, 1.0001, 1.0002, 1.0003);
  const found = await measurePixels([{ scores, mask: [0, 0, 1, 1], width: 4 }]);
  expect(found).toMatchObject({ auroc: 0.5, uncertainty: { auroc: 0.5 } });
  const apart = await measurePixels([{ scores: [1, 2, 3, 4], mask: [0, 0, 1, 1], width: 4 }]);
  expect(apart).toMatchObject({ auroc: 1, pro: 1, uncertainty: { auroc: 0, pro: 0 } });
});

test('maps come as they are made, one at a time', async () => {
  async function* maps(): AsyncGenerator<PixelMap> {
    for (const score of [1, 2, 3]) {
      await Promise.resolve();
      yield { scores: [0, score, 0, 0], mask: [0, 1, 0, 0], width: 2 };
    }
  }
  expect(await measurePixels(maps())).toMatchObject({ auroc: 1, pro: 1, regions: 3, pixels: 12 });
});
