// The same figures as scikit-learn and numpy, on random cases full of ties. Needs a Python with
// tools/oracles/requirements.txt; name it in MEMAE_PYTHON.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { type Random, createRandom } from '@memae/graph';
import { type TestContext, expect, test } from 'vitest';

import {
  averagePrecision,
  confusionAt,
  equalErrorRate,
  f1Max,
  histogram,
  measurePixels,
  rocAuc,
  rocCurve,
  summarize,
  thresholdForFraction,
  thresholdFromNormal,
} from './index.ts';

interface Case {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  /** A score, so that ties with the threshold are met, and the threshold of `f1Max`. */
  readonly thresholds: readonly number[];
  readonly quantile: number;
  /** A whole number of samples, as shares go, so that rounding is not in question. */
  readonly fraction: number;
  readonly bins: number;
}

/** What tools/oracles/metrics_oracle.py prints for a case. */
interface Answer {
  readonly rocAuc: number;
  readonly roc: readonly (readonly [falsePositiveRate: number, truePositiveRate: number])[];
  readonly averagePrecision: number;
  readonly f1Max: number;
  readonly equalErrorRate: number;
  readonly atThresholds: readonly {
    readonly counts: readonly [number, number, number, number];
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
  readonly quantile: number;
  readonly topFraction: number;
  readonly mean: number;
  readonly deviation: number;
  readonly histogram: { readonly counts: readonly number[]; readonly edges: readonly number[] };
}

const oracle = fileURLToPath(new URL('../../../tools/oracles/metrics_oracle.py', import.meta.url));
const python = process.env['MEMAE_PYTHON'];

function drawCase(random: Random): Case {
  const samples = 2 + random.integer(random.integer(2) === 0 ? 10 : 300);
  // From a handful of distinct scores, where nearly all are tied, to hardly any tie.
  const levels = [2, 5, 50, 1e6][random.integer(4)] ?? 2;
  const offset = random.normal();
  const anomalyShare = random.uniform(0.05, 0.95);
  const labels = Array.from({ length: samples }, () => (random.uniform() < anomalyShare ? 1 : 0));
  labels[0] = 0;
  labels[1] = 1;
  const scores = labels.map((label) =>
    Math.fround((random.integer(levels) / levels + 0.3 * label) * 7 + offset),
  );
  return {
    scores,
    labels,
    thresholds: [scores[random.integer(samples)] ?? NaN, f1Max(scores, labels).threshold],
    quantile: random.uniform(),
    fraction: (1 + random.integer(samples - 1)) / samples,
    bins: 1 + random.integer(30),
  };
}

test(
  'scikit-learn and numpy agree to 1e-12',
  { timeout: 300_000 },
  async (context: TestContext) => {
    if (python === undefined || python === '') {
      context.skip('MEMAE_PYTHON is unset; it names a Python with tools/oracles/requirements.txt.');
    }
    const near = (ours: number, theirs: number | undefined): void => {
      expect(Math.abs(ours - (theirs ?? NaN))).toBeLessThanOrEqual(1e-12);
    };
    const random = createRandom(20);
    const cases = Array.from({ length: 300 }, () => drawCase(random));
    const printed = execFileSync(python, [oracle], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const answers = JSON.parse(printed) as Answer[];
    expect(answers).toHaveLength(cases.length);

    for (const [i, theirs] of answers.entries()) {
      const { scores, labels, thresholds, quantile, fraction, bins } = cases[i] ?? drawCase(random);
      near(rocAuc(scores, labels), theirs.rocAuc);
      near(averagePrecision(scores, labels), theirs.averagePrecision);
      near(f1Max(scores, labels).value, theirs.f1Max);
      near(equalErrorRate(scores, labels).value, theirs.equalErrorRate);
      // The same numbers as the pixels of one row.
      const pixels = await measurePixels([{ scores, mask: labels, width: scores.length }]);
      expect(Math.abs(pixels.auroc - theirs.rocAuc)).toBeLessThanOrEqual(
        pixels.uncertainty.auroc + 1e-12,
      );
      near(thresholdFromNormal(scores, { quantile }), theirs.quantile);
      const top = thresholdForFraction(scores, fraction);
      expect(scores.filter((score) => score > top)).toHaveLength(theirs.topFraction);

      const corners = rocCurve(scores, labels);
      expect(corners).toHaveLength(theirs.roc.length);
      corners.forEach((corner, k) => {
        near(corner.falsePositiveRate, theirs.roc[k]?.[0]);
        near(corner.truePositiveRate, theirs.roc[k]?.[1]);
      });

      theirs.atThresholds.forEach((at, k) => {
        const ours = confusionAt(thresholds[k] ?? NaN, scores, labels);
        expect([
          ours.trueNegatives,
          ours.falsePositives,
          ours.falseNegatives,
          ours.truePositives,
        ]).toEqual(at.counts);
        near(ours.precision, at.precision);
        near(ours.recall, at.recall);
        near(ours.f1, at.f1);
      });
      near(theirs.f1Max, theirs.atThresholds[1]?.f1);

      const summary = summarize(scores);
      near(summary.mean, theirs.mean);
      near(summary.deviation, theirs.deviation);
      const counted = histogram(scores, { bins });
      expect(counted.map((bin) => bin.count)).toEqual(theirs.histogram.counts);
      counted.forEach((bin, k) => {
        near(bin.low, theirs.histogram.edges[k]);
        near(bin.high, theirs.histogram.edges[k + 1]);
      });
    }
  },
);
