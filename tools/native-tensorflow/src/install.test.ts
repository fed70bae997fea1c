// What a failed call leaves, and what a second one does where TensorFlow is built.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { bindingPath } from './build.ts';
import { install, isInstalled } from './install.ts';
import { findCompiler, findPython, findTarget } from './prerequisites.ts';
import { succeeds, testFolder, writePackage, writeWheel } from './testing.ts';
import { wheelsFor } from './wheels.ts';

const folder = testFolder();
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

it.skipIf(!succeeds(() => findPython(process.env) + findCompiler(process.env)))(
  'leaves what was there when the wheel is of no use, and clears up after calls that were killed',
  { timeout: 20_000 },
  async () => {
    const target = findTarget(writePackage(join(folder, 'tfjs-node')));
    mkdirSync(join(target.folder, 'lib/napi-v8'), { recursive: true });
    writeFileSync(join(target.folder, bindingPath), 'of before');
    const { pid } = spawnSync('true');
    mkdirSync(join(target.folder, `.native-tensorflow-${pid}/deps`), { recursive: true });

    const file = 'thing-1.0-py3-none-any.whl';
    const wheel = writeWheel(findPython(process.env), { folder, file });
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', folder);
    const environment = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
    const said: string[] = [];
    const say = (text: string) => said.push(text);
    await expect(install(target, { wheels: [wheel], environment, say })).rejects.toThrow();

    expect(said).toEqual(['download …', 'unpack …']);
    expect(readdirSync(target.folder).sort()).toEqual(['binding', 'lib', 'package.json']);
    expect(readFileSync(join(target.folder, bindingPath), 'utf8')).toBe('of before');
    expect(isInstalled(target, [wheel])).toBe(false);
  },
);

it.skipIf(!succeeds(builtHere))(
  'computes where pnpm native-tensorflow was called, and is not built again',
  { timeout: 20_000 },
  () => {
    const binding = builtHere();
    const before = readFileSync(binding);
    const main = join(import.meta.dirname, 'main.ts');
    const answer = (...words: string[]): unknown =>
      JSON.parse(
        spawnSync(process.execPath, [main, ...words, '--json'], { encoding: 'utf8' }).stdout,
      );
    expect(answer('--check')).toMatchObject({ state: 'checked', binding, tensorflow: '2.21.0' });
    expect(answer()).toMatchObject({ state: 'present', binding });
    expect(readFileSync(binding).equals(before)).toBe(true);
  },
);

/** The workspace's binding; throws where it is not built. */
function builtHere(): string {
  const target = findTarget(undefined);
  if (!isInstalled(target, wheelsFor(process, { gpu: false }))) throw new Error('not built');
  return join(target.folder, bindingPath);
}
