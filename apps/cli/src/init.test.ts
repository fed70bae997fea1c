// `memae init` and the published schema: what is written trains as the flags would have, and editors know every key.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectures } from '@memae/architectures';
import { createRegistry } from '@memae/training';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runSchema } from './run-schema.ts';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

const schemaFile = join(import.meta.dirname, '..', 'run.schema.json');
const engines = ['ort', 'tfjs', 'tfjs-gpu', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu', 'reference'];
const valid = new Ajv({ allowUnionTypes: true }).compile(
  runSchema(createRegistry(architectures), engines),
);

beforeAll(async () => {
  await writeDigits(path('digits'), { count: 200 });
  writeFileSync(
    path('sales.csv'),
    `size,shop,fraud\n${Array.from({ length: 600 }, (_, i) => `${i % 7},${i % 2 ? 'rome' : 'oslo'},${i % 10 === 0 ? 1 : 0}`).join('\n')}\n`,
  );
});

async function written(line: string): Promise<string> {
  const { status, stderr } = await run(line);
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({
    line,
    status: 0,
    stderr: '',
  });
  return readFileSync(path('memae.yaml'), 'utf8');
}

test('the published schema is the one that the options make', async () => {
  const schema = runSchema(createRegistry(architectures), engines);
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(schemaFile);
});

describe('memae init', () => {
  test.each([
    'init digits --normal 3 --force',
    'init sales.csv --label fraud --force',
    'init moving-shapes --size 16x16 --data-option stride=8 --method memae-nonspar --force',
    'init flows --preset paper --force',
  ])('%s: holds to the schema, and so does all that is commented out', async (line) => {
    const text = await written(line);
    expect(valid(parse(text)), JSON.stringify(valid.errors)).toBe(true);
    const everything = text.replace(
      /^( *)# (memory|network|training|loss|score|input|entropy\w*|limit)(\S*): (\S+)$/gm,
      '$1$2$3: $4',
    );
    expect(everything.length).toBeLessThan(text.length);
    const all = parse(everything.replace('limit: null', 'limit: 9')) as { options: object };
    expect(valid(all), JSON.stringify(valid.errors)).toBe(true);
    expect(Object.keys(all.options).length).toBeGreaterThan(15);
  });

  test('says what each option is and what auto comes to here', async () => {
    const text = await written('init digits --normal 3 --force');
    expect(text).toContain('# N, how many items. auto: 100 (mnist)');
    expect(text).toMatch(/Here: 100\.\n {2}# memory\.slots: auto\n/);
    expect(text).toMatch(/^normal: "?3"?$/m);
  });

  test('writes what trains as the flags do', async () => {
    await written('init sales.csv --label fraud --method ae --force');
    const flags = '--epochs 2 --threads 1 --json';
    const [a, b] = [
      await run(`train --config memae.yaml ${flags} --out a`),
      await run(`train --data sales.csv --label fraud --method ae ${flags} --out b`),
    ];
    expect([a.status, b.status]).toEqual([0, 0]);
    expect(readFileSync(path('a/run.json'), 'utf8')).toBe(readFileSync(path('b/run.json'), 'utf8'));
    expect(readFileSync(path('a/model.onnx'))).toEqual(readFileSync(path('b/model.onnx')));
  });

  test('writes over nothing unless told to, and refuses data that are not there', async () => {
    writeFileSync(path('mine.yaml'), 'data: mine\n');
    const refused = await run('init digits --normal 3 --out mine.yaml');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('mine.yaml is there already. Give --force');
    expect(readFileSync(path('mine.yaml'), 'utf8')).toBe('data: mine\n');
    const missing = await run('init nothing-here --out other.yaml');
    expect(missing.status).not.toBe(0);
    expect(existsSync(path('other.yaml'))).toBe(false);
  });
});

test('a key with nothing under it says nothing; $schema is for editors', async () => {
  writeFileSync(
    path('bare.yaml'),
    '$schema: x\ndata: sales.csv\noptions:\nnormal:\ndataOptions: { label: fraud }\n',
  );
  const { status, stderr } = await run(
    'train --config bare.yaml --epochs 1 --threads 1 --json --out bare',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
