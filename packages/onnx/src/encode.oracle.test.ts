// Every operation's model, judged by the Python packages onnx (full check) and onnxruntime (numbers).
// MEMAE_PYTHON names a Python that has both; without it these tests are skipped.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { AnyNdArray } from '@memae/graph';
import { afterAll, expect, it } from 'vitest';

import { cases } from './encode-cases.ts';
import { encodeOnnx } from './encode.ts';

const python = process.env['MEMAE_PYTHON'];
const oracle = fileURLToPath(new URL('../../../tools/oracles/onnx_oracle.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'memae-onnx-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const listed = Object.entries(cases).flatMap(([type, group]) =>
  group.map((entry, i) => ({ name: `${type} ${i}`, ...entry })),
);

it.skipIf(python === undefined).for([18, 23])(
  'operator set %i: valid models with the right numbers (set MEMAE_PYTHON to run)',
  (opset) => {
    const stored = listed.map(({ name, program, feeds, expected, options }) => {
      const model = `${name}.onnx`;
      writeFileSync(join(folder, model), encodeOnnx(program, { ...options, opset }));
      return { model, feeds: plain(feeds), expected: plain(expected) };
    });
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(stored));
    const answer = execFileSync(python ?? '', [oracle, folder], { encoding: 'utf8' });
    const found = JSON.parse(answer) as unknown[];
    expect(Object.fromEntries(listed.map(({ name }, i) => [name, found[i]]))).toEqual(
      Object.fromEntries(listed.map(({ name }) => [name, null])),
    );
  },
);

function plain(arrays: Readonly<Record<string, AnyNdArray>>): object {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: [...data] },
    ]),
  );
}
