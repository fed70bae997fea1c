// The command as a user calls it: what is missing, and what is there already.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testFolder, writePackage } from './testing.ts';

const folder = testFolder();
const target = writePackage(join(folder, 'tfjs-node'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function call(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const main = join(import.meta.dirname, 'main.ts');
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [main, ...words], {
    encoding: 'utf8',
    env: { PATH, HOME, XDG_CACHE_HOME: join(folder, 'cache'), ...environment },
  });
}

/** A folder for the path, with shell scripts as programs. */
function programs(name: string, scripts: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(path, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, program), 0o755);
  }
  return path;
}

describe.skipIf(process.platform !== 'linux')('refuses by name', { timeout: 20_000 }, () => {
  it.each([
    {
      what: 'a folder without a package',
      words: ['--target', join(folder, 'none')],
      says: /none holds no package. Install @tensorflow\/tfjs-node/,
    },
    {
      what: 'another package',
      words: ['--target', writePackage(join(folder, 'other'), 'other')],
      says: /other holds other 4.22.0; expected @tensorflow\/tfjs-node/,
    },
    {
      what: 'a machine without Python',
      words: ['--target', target],
      environment: { PATH: join(folder, 'nowhere') },
      says: /No Python 3.8 or later: tried python3, python\..*apt install python3/,
    },
    {
      what: 'a Python that MEMAE_PYTHON names and is not there',
      words: ['--target', target],
      environment: { MEMAE_PYTHON: '/no/python' },
      says: /tried \/no\/python/,
    },
    {
      what: 'a Python without pip',
      words: ['--target', target],
      environment: { PATH: programs('no-pip', { python3: '[ "$1" = -c ]' }) },
      says: /python3 has no pip.*apt install python3-pip/,
    },
    {
      what: 'a machine without a compiler',
      words: ['--target', target],
      environment: { PATH: programs('no-compiler', { python3: 'true' }) },
      says: /No C\+\+ compiler: tried c\+\+, g\+\+, clang\+\+\..*apt install g\+\+/,
    },
    {
      what: 'a check of nothing',
      words: ['--check', '--target', target],
      says: /Nothing is built at .*tfjs_binding.node/,
    },
  ])('$what', ({ words, says, environment }) => {
    const { status, stderr, stdout } = call(words, environment);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([status, stdout]).toEqual([1, '']);
    expect(readdirSync(target).sort()).toEqual(['binding', 'package.json']);
  });
});

it.skipIf(process.platform !== 'linux')('plans without touching anything', () => {
  const { stdout, status } = call(['--plan', '--json', '--target', target], { PATH: '' });
  const plan = JSON.parse(stdout) as { state: string; binding: string };
  expect([status, plan.state]).toEqual([0, 'planned']);
  expect(plan.binding).toBe(join(target, 'lib/napi-v8/tfjs_binding.node'));
  expect(existsSync(join(folder, 'cache'))).toBe(false);
});
