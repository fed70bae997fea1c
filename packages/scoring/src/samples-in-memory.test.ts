import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Batch, type Dataset, flows } from '@memae/datasets';
import type { Manifest, Preparation } from '@memae/onnx';
import { encode } from 'fast-png';
import { afterAll, describe, expect, test } from 'vitest';
import { samplesFor } from './samples-for.ts';
import { frameSamples, intakeOf, pictureSamples, rowSamples } from './samples-in-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'memae-memory-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function manifestOf(dims: readonly number[], preparation?: Preparation): Manifest {
  return {
    ...{ format: 2, library: '0.1.0', createdBy: 'a test', method: 'none', options: {}, seed: 1 },
    data: { name: 'none', fingerprint: '0'.repeat(64), samples: 0 },
    input: { name: 'samples', dtype: 'uint8', dims: ['batch', ...dims] },
    outputs: { score: { dtype: 'float32', dims: ['batch'] } },
    ...{ threshold: null, normaliser: null, modelSha256: '0'.repeat(64) },
    ...(preparation && { preparation }),
  };
}

async function whole(dataset: Dataset | undefined): Promise<Batch> {
  for await (const batch of dataset?.batches({ size: 1000 }) ?? []) return batch;
  throw new Error('no samples');
}

async function ofFiles(paths: readonly string[], manifest: Manifest): Promise<Batch> {
  for await (const dataset of samplesFor(paths, { manifest, cwd: folder })) return whole(dataset);
  throw new Error('no data set');
}

const drawn = Array.from({ length: 5 }, (_, k) => ({
  name: `${k}.png`,
  bytes: encode({
    width: 6,
    height: 4,
    channels: 1,
    depth: 8,
    data: Uint8Array.from({ length: 24 }, (__, i) => (i * 37 + k * 50) % 256),
  }),
}));
mkdirSync(join(folder, 'frames'));
for (const { name, bytes } of drawn) writeFileSync(join(folder, 'frames', name), bytes);

describe('what is in memory is prepared as files are:', () => {
  test('pictures, resized where they are of another size', async () => {
    const manifest = manifestOf([1, 4, 6]);
    const inMemory = await whole(await pictureSamples(drawn, { manifest }));
    expect(inMemory.samples).toEqual((await ofFiles(['frames'], manifest)).samples);
    expect(inMemory.keys).toEqual(['0.png', '1.png', '2.png', '3.png', '4.png']);
    const colour = await pictureSamples(drawn, { manifest: manifestOf([3, 2, 3]) });
    expect(colour.sampleShape).toEqual([3, 2, 3]);
  });

  test('frames, a clip around each', async () => {
    const manifest = manifestOf([1, 4, 4, 6], { kind: 'clips', dilation: 1 });
    const inMemory = await whole(await frameSamples(drawn, { manifest }));
    expect(inMemory.samples).toEqual((await ofFiles(['frames'], manifest)).samples);
    expect(inMemory.keys).toEqual(drawn.map(({ name }) => name));
  });

  test('rows of a table, as objects, CSV or JSON lines', async () => {
    const columns = [
      { name: 'amount', kind: 'number', fill: 2, flagged: true, shift: 1, scale: 2 },
      {
        name: 'city',
        kind: 'category',
        fill: 'Rome',
        flagged: false,
        categories: ['Rome', 'Oslo'],
      },
      { name: 'day', kind: 'date', fill: 0, flagged: false, from: 0, to: 1e9, parts: ['epoch'] },
    ] as const;
    const manifest = manifestOf([6], { kind: 'table', columns });
    const csv = 'city,amount,day,more\nOslo,3,2001-09-09,1\n,,1970-01-01,2\nBari,5,1985-11-05,3\n';
    writeFileSync(join(folder, 'rows.csv'), csv);
    const expected = (await ofFiles(['rows.csv'], manifest)).samples;
    const objects = [
      { city: 'Oslo', amount: 3, day: '2001-09-09' },
      { city: null, amount: null, day: '1970-01-01' },
      { city: 'Bari', amount: 5, day: '1985-11-05' },
    ];
    const text = objects.map((row) => JSON.stringify(row)).join('\n');
    for (const rows of [
      objects,
      { format: 'csv', text: csv } as const,
      { format: 'json', text: Buffer.from(text) } as const,
    ]) {
      const found = await whole(await rowSamples(rows, { manifest, name: 'sent' }));
      expect(found.samples).toEqual(expected);
      expect(found.keys).toEqual(['sent/0', 'sent/1', 'sent/2']);
    }
    const lacking = rowSamples([{ city: 'Oslo' }], { manifest });
    await expect(lacking).rejects.toThrow(/amount, day are missing/);
    const none = rowSamples([], { manifest });
    await expect(none).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  });

  test('rows of a known table, by the names of its columns', async () => {
    const { table } = flows();
    const columns = table.columns
      .slice(0, 6)
      .map(({ name, ...column }) =>
        column.kind === 'continuous'
          ? ({ name, kind: 'continuous', shift: 0, scale: 2 } as const)
          : ({ name, kind: 'categorical', categories: column.categories } as const),
      );
    const width = columns.reduce(
      (sum, column) => sum + (column.kind === 'continuous' ? 1 : column.categories.length),
      0,
    );
    const manifest = manifestOf([width], { kind: 'rows', columns });
    const expected = await ofFiles(['flows'], manifest);
    const rows = Array.from({ length: 50 }, (_, row) =>
      Object.fromEntries(
        table.columns.map((column) => [
          column.name,
          column.kind === 'continuous'
            ? (column.values[row] ?? 0)
            : (column.categories[column.codes[row] ?? 0] ?? 'unheard of'),
        ]),
      ),
    );
    const { samples } = await whole(await rowSamples(rows, { manifest }));
    expect(Array.from(samples.data)).toEqual(
      Array.from(expected.samples.data.slice(0, 50 * width)),
    );
    const odd = rowSamples([{ ...rows[0], [columns[0]?.name ?? '']: 'many' }], { manifest });
    await expect(odd).rejects.toThrow(/row 0: a finite number was expected/);
  });
});

test('another kind than the model takes is refused, and so is what is no picture', async () => {
  const manifest = manifestOf([1, 4, 6]);
  expect(intakeOf(manifest)).toBe('pictures');
  await expect(rowSamples([{ a: 1 }], { manifest })).rejects.toThrow(/takes pictures, but rows/);
  const broken = [{ name: 'x.png', bytes: Uint8Array.of(1, 2, 3) }];
  await expect(pictureSamples(broken, { manifest })).rejects.toThrow(/^x\.png: /);
});
