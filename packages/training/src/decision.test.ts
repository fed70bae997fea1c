import { referenceBackend } from '@memae/backend/reference';
import { defineProgram, input, mean, ndarray } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { decideFromNormal, withDecision } from './decision.ts';

const samples = input('samples', ['batch', 2]);
const program = defineProgram({ score: mean(samples, { axes: [1] }), reconstruction: samples });

describe('withDecision', () => {
  it('normalises scores to 0.5 at the threshold and labels those above it', async () => {
    const decided = withDecision(program, { threshold: 2, scale: 0.5 });
    expect(Object.keys(decided.outputs).sort()).toEqual([
      'label',
      'normalisedScore',
      'reconstruction',
      'score',
    ]);
    const executable = await (await referenceBackend.open()).compile(decided);
    const feed = ndarray([2, 2, 2, 3, 0, 3], [3, 2]);
    const { score, normalisedScore, label } = await executable.run({ samples: feed });
    expect(score?.data).toEqual(Float32Array.of(2, 2.5, 1.5));
    expect(normalisedScore?.data[0]).toBe(0.5);
    expect(normalisedScore?.data[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(normalisedScore?.data[2]).toBeCloseTo(1 / (1 + Math.exp(1)), 6);
    expect(label).toEqual(ndarray(Uint8Array.of(0, 1, 0), [3]));
  });

  it.each([
    { threshold: NaN, scale: 1 },
    { threshold: 1, scale: 0 },
    { threshold: 1, scale: -1 },
    { threshold: 1, scale: Infinity },
  ])('refuses %o', (decision) => {
    expect(() => withDecision(program, decision)).toThrow(
      'A decision needs a finite threshold and a positive scale, but',
    );
  });
});

describe('decideFromNormal', () => {
  it('draws the line by the rule, measures in deviations, and keeps the scores', () => {
    const scores = Float32Array.from({ length: 99 }, (_, i) => i / 10).reverse();
    const { decision, threshold, calibration } = decideFromNormal(scores, {
      rule: 'conformal',
      falseAlarms: 0.1,
    });
    const value = Math.fround(8.9);
    expect(threshold).toEqual({ rule: 'conformal', value, falseAlarms: 0.1, samples: 99 });
    expect(decision.threshold).toBe(value);
    expect(decision.scale).toBeCloseTo(2.87, 2);
    expect(calibration).toEqual({ samples: 99, normal: [...scores].reverse() });
  });

  it('finds a scale where all score alike', () => {
    const halves = { rule: 'quantile', falseAlarms: 0.5 } as const;
    expect(decideFromNormal([2, 2, 2], halves).decision).toEqual({ threshold: 2, scale: 2 });
    expect(decideFromNormal([0, 0], halves).decision).toEqual({ threshold: 0, scale: 1 });
  });

  it('refuses scores that are no numbers, and what the rule refuses', () => {
    const choice = { rule: 'conformal', falseAlarms: 0.05 } as const;
    expect(() => decideFromNormal([1, NaN], choice)).toThrow(/scores normal samples as NaN/);
    expect(() => decideFromNormal([1, 2], choice)).toThrow(/can be promised by 2 calibration/);
  });
});
