// The tail's distribution beside scipy's: what we find is at least as likely as its best, and where both agree on the
// shape, so do the quantiles. Needs a Python with tools/oracles/requirements.txt; name it in MEMAE_PYTHON.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { createRandom } from '@memae/graph';
import { type TestContext, expect, test } from 'vitest';

import { calibrate, chooseThreshold, conformalPValues, fitGeneralisedPareto } from './index.ts';

interface Case {
  readonly scores: readonly number[];
  readonly excesses: readonly number[];
  readonly asked: readonly number[];
  readonly falseAlarms: number;
  readonly shape: number;
  readonly scale: number;
}

/** What tools/oracles/thresholds_oracle.py prints for a case; log-likelihoods by scipy.stats.genpareto. */
interface Answer {
  readonly ours: number;
  readonly theirs: number;
  readonly theirShape: number;
  readonly theirScale: number;
  readonly quantile: number;
  readonly pValues: readonly number[];
}

const oracle = fileURLToPath(
  new URL('../../../tools/oracles/thresholds_oracle.py', import.meta.url),
);
const python = process.env['MEMAE_PYTHON'];

test('scipy and numpy agree', { timeout: 300_000 }, (context: TestContext) => {
  if (python === undefined || python === '') {
    context.skip('MEMAE_PYTHON is unset; it names a Python with tools/oracles/requirements.txt.');
  }
  const random = createRandom(5);
  const uniform = (): number => 1 - random.uniform();
  const drawCase = (): Case => {
    const truth = random.uniform(-0.4, 1.2);
    const unit = random.uniform(1e-4, 1e3);
    const excesses = Array.from(
      { length: 20 + random.integer(400) },
      () => (unit * Math.expm1(-truth * Math.log(uniform()))) / truth,
    );
    const scores = Array.from({ length: 30 + random.integer(200) }, () => random.integer(40));
    const asked = Array.from({ length: 20 }, () => random.integer(42) - 1);
    return {
      ...{ scores, excesses, asked, falseAlarms: random.uniform(0.05, 0.5) },
      ...fitGeneralisedPareto(excesses),
    };
  };
  const cases = Array.from({ length: 60 }, drawCase);
  const printed = execFileSync(python, [oracle], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
  });
  const answers = JSON.parse(printed) as Answer[];
  expect(answers).toHaveLength(cases.length);
  let regular = 0;
  for (const [i, theirs] of answers.entries()) {
    const { scores, asked, falseAlarms, shape, scale } = cases[i] ?? drawCase();
    const calibration = calibrate(scores);
    expect(chooseThreshold(calibration, { rule: 'quantile', falseAlarms })).toBeCloseTo(
      theirs.quantile,
      10,
    );
    conformalPValues(asked, calibration).forEach((p, k) => {
      expect(p).toBeCloseTo(theirs.pValues[k] ?? NaN, 12);
    });
    // scipy searches below a shape of −½ as well, where ours must stay.
    if (theirs.theirShape < -0.45) continue;
    regular += 1;
    expect(theirs.ours).toBeGreaterThanOrEqual(theirs.theirs - 1e-6);
    expect(Math.abs(shape - theirs.theirShape)).toBeLessThan(2e-3);
    expect(Math.abs(scale / theirs.theirScale - 1)).toBeLessThan(2e-3);
  }
  expect(regular).toBeGreaterThan(40);
});
