// Drift by columns of a table and by pictures: what changes is found and named, what does not is left alone.

import { arrayDataset } from '@memae/datasets';
import { type Random, type RowSchema, createRandom, ndarray } from '@memae/graph';
import { calibrate } from '@memae/metrics';
import type { Manifest } from '@memae/onnx';
import { describe, expect, it } from 'vitest';
import {
  collectInputs,
  driftOf,
  grossDrift,
  inputMeasures,
  summariseInputs,
  tellColumn,
} from './index.ts';

const filled = { flagged: false };
const columns: RowSchema = [
  { name: 'amount', kind: 'number', ...filled, fill: 12, shift: 10, scale: 5 },
  { name: 'age', kind: 'number', ...filled, flagged: true, fill: 40, shift: 0, scale: 100 },
  { name: 'city', kind: 'category', ...filled, fill: 'rome', categories: ['rome', 'oslo'] },
];
/** amount · age, missing · rome, oslo, other */
const width = 6;
const input = { name: 'samples', dtype: 'float32', dims: ['batch', width] } as const;
const preparation = { kind: 'table', columns } as const;

interface World {
  readonly times?: number;
  readonly missing?: number;
  readonly unknown?: number;
}

function rows(
  random: Random,
  count: number,
  { times = 1, missing = 0.1, unknown = 0 }: World = {},
) {
  const data = Array.from({ length: count }, () => {
    const lost = random.uniform() < missing;
    const place = random.uniform() < unknown ? 2 : random.uniform() < 0.7 ? 0 : 1;
    const amount = (times * (12 + random.normal()) - 10) / 5;
    const age = lost ? 0.4 : random.uniform();
    return [amount, age, Number(lost), ...[0, 1, 2].map((i) => Number(i === place))];
  }).flat();
  return ndarray(data, [count, width]);
}

/** A model's manifest by rows that it was trained on and the scores of others. */
async function trained(random: Random, count = 1500): Promise<Manifest> {
  const inputs = await summariseInputs(
    arrayDataset({ name: 'rows', modality: 'tabular', samples: rows(random, count) }),
    { preparation, input, random },
  );
  const scores = Float32Array.from({ length: 300 }, () => Math.abs(random.normal()));
  const value = scores.toSorted()[284] ?? NaN;
  return {
    ...{ format: 2, library: '0', createdBy: '0', method: 'ae', options: {}, seed: 1 },
    ...{ data: { name: 'rows', fingerprint: '0', samples: count }, input, preparation },
    ...{ outputs: {}, normaliser: null, modelSha256: '0' },
    threshold: { rule: 'quantile', value, falseAlarms: 0.05, samples: 300 },
    calibration: calibrate(scores),
    ...(inputs && { inputs }),
  };
}

interface NewData extends World {
  readonly count?: number;
  readonly shift?: number;
}

function driftIn(
  manifest: Manifest,
  random: Random,
  { count = 400, shift = 0, ...world }: NewData = {},
) {
  const collector = collectInputs(manifest, random);
  collector.add(rows(random, count, world));
  const scores = Float32Array.from({ length: count }, () => Math.abs(random.normal()) + shift);
  const inputs = collector.collected();
  return { ...driftOf(manifest, { scores, inputs, level: 0.05 }), inputs };
}

describe('drift', () => {
  it('raises no more false alarms than its level: of 200 pairs of samples that are alike', async () => {
    const random = createRandom(2);
    let alarms = 0;
    for (let i = 0; i < 200; i += 1) {
      if (driftIn(await trained(random), random).drifted) alarms += 1;
    }
    // 5 % of 200 and three deviations of their number.
    expect(alarms).toBeLessThan(10 + 3 * Math.sqrt(200 * 0.05 * 0.95));
  });

  it('finds other units and says so, in the columns’ own', async () => {
    const random = createRandom(3);
    const manifest = await trained(random);
    const { drifted, columns: found = [], inputs } = driftIn(manifest, random, { times: 1000 });
    expect(drifted).toBe(true);
    const [amount, ...others] = found;
    expect(amount).toMatchObject({ name: 'amount', drifted: true, moved: 1, gross: true });
    expect(amount?.factor).toBeGreaterThan(900);
    expect(amount?.factor).toBeLessThan(1100);
    expect(amount && tellColumn(amount)).toMatch(
      /^amount: median 1[12]\S* → 1[12]\d00 \(×.*other units\?\)$/,
    );
    expect(others.some((column) => column.drifted)).toBe(false);
    expect(grossDrift(manifest, inputs)).toMatch(
      /^The data are not like those of training: amount: /,
    );
  });

  it('finds categories that are new, values that are missing, scores that are higher', async () => {
    const random = createRandom(4);
    const manifest = await trained(random);
    const names = (world: object): string[] =>
      driftIn(manifest, random, world).columns?.flatMap((c) => (c.drifted ? [c.name] : [])) ?? [];
    expect(names({ unknown: 0.2 })).toEqual(['city']);
    expect(names({ missing: 0.4 })).toEqual(['age is missing']);
    expect(names({})).toEqual([]);
    expect(grossDrift(manifest, driftIn(manifest, random).inputs)).toBeUndefined();
    const { scores, alarms, drifted } = driftIn(manifest, random, { shift: 1 });
    expect(drifted).toBe(true);
    expect(scores).toMatchObject({ drifted: true });
    expect(alarms).toMatchObject({ drifted: true, nominal: 0.05 });
    expect(alarms?.rate).toBeGreaterThan(alarms?.interval[0] ?? 1);
    const city = driftIn(manifest, random, { unknown: 0.2 }).columns?.[0];
    expect(city && tellColumn(city)).toMatch(/^city: \(other\) 0 % → [12]\d/);
  });

  it('tells a column from another one’s flag of the same name', () => {
    const named = [...columns.slice(0, 2), { ...columns[2], name: 'age is missing' }] as RowSchema;
    const measures = inputMeasures({ preparation: { kind: 'table', columns: named }, input });
    expect(measures.map(({ name }) => name)).toEqual([
      ...['amount', 'age', 'age is missing', 'age is missing (2)'],
    ]);
  });

  it('compares scores alone where the model keeps no inputs', async () => {
    const random = createRandom(5);
    const { inputs, ...earlier } = await trained(random);
    expect(inputs?.columns).toHaveLength(4);
    const found = driftIn(earlier, random, { times: 1000 });
    expect(found.drifted).toBe(false);
    expect(found.columns).toBeUndefined();
  });

  it('keeps the same room, however many samples and columns there are', async () => {
    const random = createRandom(6);
    const collector = collectInputs({ preparation, input }, random);
    for (let i = 0; i < 20; i += 1) collector.add(rows(random, 1000));
    const { samples, columns: kept } = collector.collected();
    expect(samples).toBe(20_000);
    expect(kept.find(({ name }) => name === 'amount')).toMatchObject({ values: { length: 4096 } });
    const wide = Array.from({ length: 3000 }, (_, i) => ({ ...columns[0], name: `c${i}` }));
    const many = await summariseInputs(
      arrayDataset({
        name: 'wide',
        modality: 'tabular',
        samples: ndarray(new Float32Array(50 * 3000), [50, 3000]),
      }),
      {
        preparation: { kind: 'table', columns: wide as unknown as RowSchema },
        input: { ...input, dims: ['batch', 3000] },
        random,
      },
    );
    expect(many?.columns).toHaveLength(1024);
    expect(JSON.stringify(many).length).toBeLessThan(2 ** 19);
  });
});

describe('pictures', () => {
  const pictures = { name: 'samples', dtype: 'uint8', dims: ['batch', 3, 4, 5] } as const;
  it('are told by brightness, contrast, sharpness and colour', () => {
    const data = new Uint8Array(60).map((_, i) => (i < 20 ? 100 : i % 2 === 0 ? 10 : 30));
    const found = Object.fromEntries(
      inputMeasures({ input: pictures }).map(({ name, read }) => [name, read(data, 0)]),
    );
    expect(found).toMatchObject({ red: 100, green: 20, blue: 20 });
    expect(found['brightness']).toBeCloseTo(140 / 3, 10);
    expect(found['contrast']).toBeCloseTo(
      Math.sqrt((20 * 53.33333 ** 2 + 40 * (26.66667 ** 2 + 100)) / 60),
      3,
    );
    expect(found['sharpness']).toBeCloseTo((20 * 2) / 3, 10);
  });
  it('of videos also by motion', () => {
    const clip = { ...pictures, dims: ['batch', 1, 2, 2, 2] } as const;
    const measures = inputMeasures({ preparation: { kind: 'clips', dilation: 1 }, input: clip });
    const motion = measures.find(({ name }) => name === 'motion');
    expect(motion?.read(Uint8Array.of(1, 1, 1, 1, 4, 4, 4, 4), 0)).toBe(3);
  });
});
