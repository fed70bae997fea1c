// Builds TensorFlow into a tfjs-node, once. Everything is made and checked in a folder of its own and then moved,
// the binding last: what was interrupted is no binding.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingPath, compile, compilerFlags, unpack } from './build.ts';
import { check } from './check.ts';
import { fetchWheel, wheelFolder } from './fetch-wheel.ts';
import { makeOwnFolder } from './own-folder.ts';
import { checkLibrary, findCompiler, findPython, type Target } from './prerequisites.ts';
import type { StepReport } from './training-step.ts';
import type { Wheel } from './wheels.ts';

/** Beside the binding, what it was built from. */
const stampPath = 'lib/native-tensorflow.json';

export interface Installed extends StepReport {
  /** Of each stage. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Whether the target has what these wheels would give. */
export function isInstalled(target: Target, wheels: readonly Wheel[]): boolean {
  const stamp = join(target.folder, stampPath);
  return (
    existsSync(join(target.folder, bindingPath)) &&
    existsSync(join(target.folder, 'deps/lib')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === stampOf(target, wheels)
  );
}

export async function install(
  target: Target,
  {
    wheels,
    environment,
    say,
  }: {
    readonly wheels: readonly Wheel[];
    readonly environment: NodeJS.ProcessEnv;
    readonly say: (text: string) => void;
  },
): Promise<Installed> {
  checkLibrary();
  const python = findPython(environment);
  const compiler = findCompiler(environment);
  const seconds: Record<string, number> = {};
  const stage = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    say(`${name} …`);
    const began = performance.now();
    const result = await work();
    seconds[name] = Math.round(performance.now() - began) / 1000;
    return result;
  };

  const files: string[] = [];
  await stage('download', async () => {
    const folder = wheelFolder(environment);
    for (const wheel of wheels) files.push(await fetchWheel(wheel, { folder, python }));
  });
  const folder = makeOwnFolder(target.folder);
  try {
    await stage('unpack', () => {
      unpack(files, { folder, python });
    });
    await stage('compile', () => {
      compile(target.folder, { folder, compiler });
    });
    const report = await stage('check', () =>
      check(target.folder, { binding: join(folder, bindingPath) }),
    );
    writeFileSync(join(folder, stampPath), stampOf(target, wheels));
    replace(target.folder, folder);
    return { ...report, seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function stampOf({ name, version }: Target, wheels: readonly Wheel[]): string {
  return `${JSON.stringify({ for: `${name} ${version}`, compilerFlags, wheels }, null, 2)}\n`;
}

/** The binding leaves first and comes last. */
function replace(target: string, made: string): void {
  for (const part of ['lib', 'deps']) {
    const old = join(target, part);
    if (existsSync(old)) renameSync(old, join(made, `old-${part}`));
  }
  for (const part of ['deps', 'lib']) renameSync(join(made, part), join(target, part));
}
