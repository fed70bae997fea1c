// How scores are distributed, for each model by bounds of its own: the quantiles of its calibration scores, so that
// new scores which are like them fill the buckets as the quantiles say.

import { rankedScores } from '@memae/metrics';
import type { Manifest } from '@memae/onnx';
import { Histogram, type Registry } from 'prom-client';
import type { ModelId, ObservedModel } from '../core/observer.ts';

const shares = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];
/** Where a model keeps no scores: by decades. */
const decades = Array.from({ length: 13 }, (_, i) => 10 ** (i - 6));

/** The upper bounds of a model's buckets, ascending: its threshold is among them. */
export function scoreBounds({
  calibration,
  threshold,
}: Pick<Manifest, 'calibration' | 'threshold'>): number[] {
  const bounds = calibration === undefined ? decades : quantilesOf(calibration);
  const all = threshold === null ? bounds : [...bounds, threshold.value];
  return [...new Set(all)].filter(Number.isFinite).sort((a, b) => a - b);
}

function quantilesOf(calibration: NonNullable<Manifest['calibration']>): number[] {
  const { values, ranks, samples } = rankedScores(calibration);
  return shares.flatMap((share) => {
    const value = values[ranks.findIndex((rank) => rank >= share * samples)];
    return value === undefined ? [] : [value];
  });
}

interface Counts {
  readonly id: ModelId;
  readonly manifest: Manifest;
  readonly bounds: readonly number[];
  /** By bucket, each for itself; the last is above all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

/** @returns adds scores to the model's histogram, which begins anew with another manifest */
export function scoreHistogram(registry: Registry) {
  const models = new Map<string, Counts>();
  const [name, help] = [
    'memae_score',
    'Scores, in buckets by the quantiles of the calibration scores',
  ];
  // All label values of one of prom-client's histograms share their buckets: here it only has the place in the registry.
  const place = new Histogram({ name, help, registers: [registry] });
  const get = () => ({
    ...{ name, help, type: 'histogram', aggregator: 'sum' as const },
    values: [...models.values()].flatMap(({ id, bounds, counts, sum }) => {
      const labels = { model: id.name, version: id.version };
      let below = 0;
      const buckets = [...bounds, '+Inf' as const].map((le, i) => {
        below += counts[i] ?? 0;
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: below },
      ];
    }),
  });
  Object.assign(place, { get, getForPromString: get });

  return ({ manifest, ...id }: ObservedModel, scores: ArrayLike<number>): void => {
    const key = `${id.name}/${id.version}`;
    let known = models.get(key);
    if (known?.manifest !== manifest) {
      const bounds = scoreBounds(manifest);
      known = { id, manifest, bounds, counts: new Float64Array(bounds.length + 1), sum: 0 };
      models.set(key, known);
    }
    const { bounds, counts } = known;
    for (let i = 0; i < scores.length; i += 1) {
      const score = scores[i] ?? NaN;
      if (!Number.isFinite(score)) continue;
      let bucket = 0;
      while (score > (bounds[bucket] ?? Infinity)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      known.sum += score;
    }
  };
}
