// The threshold: chosen in training, chosen anew when scoring, and what is said where it cannot be.

import { readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { confusionAt, f1Max } from '@memae/metrics';
import { readArtifact } from '@memae/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
const flows = '--data flows --limit 3000 --epochs 1 --batch 64';

interface Row {
  readonly score: number;
  readonly normalised: number;
  readonly label: number;
  readonly pValue?: number;
}
interface Scores {
  readonly flagged: number;
  readonly threshold: number;
  readonly thresholdRule: string;
  readonly scores: readonly Row[];
}

async function score(flags: string, name = 'run'): Promise<Scores> {
  const { status, stdout, stderr } = await run(`score ${name} flows --json ${flags}`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Scores;
}

async function refuses(line: string, status: number, code: string, words: RegExp): Promise<void> {
  const ended = await run(line);
  expect(ended).toMatchObject({ status, stdout: '' });
  expect(ended.stderr).toContain(`memae: ${code}: `);
  expect(ended.stderr).toMatch(words);
}

beforeAll(async () => {
  const line = `train ${flows} --threshold-rule conformal --false-alarms 0.02 --out run`;
  const trained = await run(line);
  expect(trained.stdout).toMatch(
    /Threshold .*: conformal, at most 2 % false alarms, by \d{3} normal/,
  );
});
afterAll(world.clear);

describe('train', () => {
  test('keeps the rule and the scores that it was chosen by', async () => {
    const { manifest } = await readArtifact(path('run'));
    const { threshold, calibration, normaliser } = manifest;
    expect(threshold).toMatchObject({ rule: 'conformal', falseAlarms: 0.02 });
    expect(calibration?.normal).toContain(threshold?.value);
    expect(calibration?.normal).toHaveLength(calibration?.samples ?? 0);
    expect(normaliser?.center).toBe(threshold?.value);
  });

  test('refuses before training what so few samples cannot promise', async () => {
    const few = 'train --data strokes --normal 3 --limit 60 --out few';
    await refuses(
      `${few} --threshold-rule conformal --false-alarms 0.01`,
      1,
      'METRIC_TOO_FEW',
      /promised by 4 calibration samples, but 0\.01/,
    );
    await refuses(`${few} --threshold-rule tail`, 1, 'METRIC_TOO_FEW', /at least 80/);
    await refuses(`${few} --threshold-rule f1`, 2, 'CLI_USAGE', /quantile, conformal, tail/);
    expect(() => readFileSync(path('few/run.json'))).toThrow('ENOENT');
  });
});

describe('score', () => {
  test('by default as the graph does, with p-values where the rule is conformal', async () => {
    const { scores, threshold, thresholdRule, flagged } = await score('');
    expect(thresholdRule).toBe('conformal');
    expect(flagged).toBe(scores.filter((row) => row.score > threshold).length);
    for (const { score: value, pValue, label, normalised } of scores) {
      expect(pValue).toBeGreaterThan(0);
      expect((pValue ?? NaN) <= 0.02).toBe(label === 1);
      expect(value > threshold).toBe(label === 1);
      // Next to the threshold, ½ is the nearest float32.
      expect(label === 1 ? normalised >= 0.5 : normalised <= 0.5).toBe(true);
    }
    expect((await run('score run flows')).stdout).toMatch(/^key,score,normalised,label,p_value\n/);
  });

  test('another rule and rate, without another export', async () => {
    const model = readFileSync(path('run/model.onnx'));
    const own = await score('');
    const same = await score('--threshold-rule conformal --false-alarms 0.02');
    expect(same.threshold).toBe(own.threshold);
    for (const [i, { normalised, label }] of same.scores.entries()) {
      expect(normalised).toBeCloseTo(own.scores[i]?.normalised ?? NaN, 5);
      expect(label).toBe(own.scores[i]?.label);
    }
    for (const rule of ['quantile', 'conformal', 'tail']) {
      const strict = await score(`--threshold-rule ${rule} --false-alarms 0.01`);
      const loose = await score(`--threshold-rule ${rule} --false-alarms 0.2`);
      expect(strict.flagged).toBeLessThan(loose.flagged);
      expect(strict.flagged).toBe(
        strict.scores.filter((row) => row.score > strict.threshold).length,
      );
      expect('pValue' in (loose.scores[0] ?? {})).toBe(rule === 'conformal');
    }
    expect((await score('--false-alarms 0.2')).thresholdRule).toBe('conformal');
    expect(readFileSync(path('run/model.onnx')).equals(model)).toBe(true);
  });

  test('the sensitivity moves the threshold', async () => {
    const [shy, plain, keen] = await Promise.all(
      [0.2, 0.5, 0.8].map((sensitivity) => score(`--sensitivity ${sensitivity}`)),
    );
    expect(plain?.threshold).toBe((await score('')).threshold);
    expect(shy?.flagged).toBeLessThan(plain?.flagged ?? NaN);
    expect(plain?.flagged).toBeLessThan(keen?.flagged ?? NaN);
    // What is flagged at 0.8 is what is normalised above 0.2 without it.
    expect(keen?.flagged).toBe(plain?.scores.filter((row) => row.normalised > 0.2).length);
  });

  test('says what the kept samples cannot do', async () => {
    const told = await run('score run flows --threshold-rule quantile --false-alarms 0.0001');
    expect(told.stderr).toMatch(/^warning: 0\.01 % false alarms take 9999 held-out samples/);
    await refuses('score run flows --false-alarms 0.0001', 1, 'METRIC_TOO_FEW', /promised by/);
    await refuses(
      'score run flows --threshold-rule f1',
      1,
      'SCORING_NO_CALIBRATION',
      /memae evaluate RUN --data LABELLED --calibrate/,
    );
    await refuses('score run flows --sensitivity 1', 2, 'CLI_USAGE', /above 0 and below 1/);
    await refuses(
      'score run flows --threshold-rule f1 --false-alarms 0.1',
      2,
      'SCORING_BAD_OPTION',
      /leave --false-alarms out/,
    );
  });
});

test('evaluate measures false alarms, and keeps labelled scores for the rule f1', async () => {
  const evaluated = await run('evaluate run --threshold-rule tail --false-alarms 0.05');
  expect(evaluated.stdout).toMatch(/at the threshold .* \(tail, 5 % false alarms\):\n/);
  expect(evaluated.stdout).toMatch(/false alarms +0\.0\d{3}\n$/);

  await cp(path('run'), path('labelled'), { recursive: true });
  const kept = await run('evaluate labelled --calibrate --out labelled/scores.csv');
  expect(kept.stderr).toContain('--threshold-rule f1 chooses by them');
  const [, ...lines] = readFileSync(path('labelled/scores.csv'), 'utf8').trimEnd().split('\n');
  const truth = lines.map((line) => line.split(',').slice(-2).map(Number));
  const labels = truth.map(([label]) => label ?? NaN);
  const values = truth.map(([, value]) => value ?? NaN);

  const { threshold, thresholdRule } = await score('--threshold-rule f1', 'labelled');
  expect(thresholdRule).toBe('f1');
  expect(confusionAt(threshold, values, labels).f1).toBeCloseTo(f1Max(values, labels).value, 9);
  expect((await score('', 'labelled')).threshold).toBe((await score('')).threshold);
});

test('a model of an earlier version scores as before, and says what it lacks', async () => {
  await cp(path('run'), path('old'), { recursive: true });
  const file = path('old/manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    threshold: { value: number; samples: number };
  };
  const { value, samples } = manifest.threshold;
  const threshold = { rule: 'normal-quantile', value, quantile: 0.98, samples };
  writeFileSync(
    file,
    JSON.stringify({
      ...{ ...manifest, format: 1, threshold },
      ...{ calibration: undefined, inputs: undefined, examplesSha256: undefined },
    }),
  );
  const scored = await score('', 'old');
  expect(scored.thresholdRule).toBe('quantile');
  expect(Math.fround(scored.threshold)).toBe(value);
  expect((await score('--sensitivity 0.8', 'old')).flagged).toBeGreaterThan(scored.flagged);
  await refuses(
    'score old flows --false-alarms 0.1',
    1,
    'SCORING_NO_CALIBRATION',
    /of an earlier version\. Train it again; or keep those of labelled samples/,
  );
  expect(await run('evaluate old --calibrate')).toMatchObject({ status: 0 });
  expect((await score('--false-alarms 0.1', 'old')).thresholdRule).toBe('quantile');
});
