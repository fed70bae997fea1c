// What a user does with a package: install it, write the README's example down, run it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, usersEnvironment } from './command.ts';
import { workspaceRoot } from './published-packages.ts';

const environment = usersEnvironment();

/** Installs tarballs in `folder`, which is made for it, with nothing but npm. */
export async function install(tarballs: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  await command(['npm', 'install', '--no-audit', '--no-fund', ...tarballs], {
    folder,
    environment,
  });
}

/** Holds the example against the installed declarations, strictly, and runs it. */
export async function runExample(code: string, folder: string): Promise<void> {
  writeFileSync(join(folder, 'example.mts'), code);
  const modules = join(workspaceRoot, 'node_modules');
  const compiler = [process.execPath, join(modules, 'typescript/bin/tsc')];
  const language = ['--strict', '--target', 'es2023', '--lib', 'es2023,esnext.disposable'];
  const resolution = ['--module', 'nodenext', '--typeRoots', join(modules, '@types')];
  await command(
    [...compiler, ...language, ...resolution, '--types', 'node', '--noEmitOnError', 'example.mts'],
    { folder },
  );
  await command(['node', 'example.mjs'], { folder, environment });
}

/** Lists, trains, evaluates and exports with the command line, on digits that it draws itself. */
export async function runCommandLine(folder: string): Promise<void> {
  const memae = (...args: string[]) => command(['npx', 'memae', ...args], { folder, environment });
  JSON.parse(await memae('list', '--json'));
  const data = ['--data', 'strokes'];
  await memae('train', ...data, '--normal', '3', '--epochs', '1', '--out', 'run');
  const { auroc } = JSON.parse(await memae('evaluate', 'run', ...data, '--json')) as {
    auroc?: unknown;
  };
  if (typeof auroc !== 'number') throw new Error('memae evaluate --json gave no auroc');
  await memae('export', 'run', '--out', 'model.onnx');
}

/** Serves the run that the example left, as the image does, until it is told to end. */
export async function runServer(folder: string): Promise<void> {
  const run = readdirSync(folder).find((name) => name.startsWith('run-'));
  if (run === undefined) throw new Error('the example left no run');
  const main = 'node_modules/@memae/server/dist/main.js';
  const server = spawn('node', [main, `squares=${run}`, '--port', '0'], {
    ...{ cwd: folder, env: environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const ended = once(server, 'exit');
    const [line] = (await Promise.race([once(server.stdout, 'data'), ended])) as [unknown];
    const url = /http:\S+/.exec(String(line))?.[0];
    if (url === undefined) throw new Error(`memae-server did not start: ${String(line)}`);
    for (const path of ['/v2/health/ready', '/']) {
      const { status } = await fetch(new URL(path, url));
      if (status !== 200) throw new Error(`${path} answered ${status}`);
    }
    server.kill('SIGTERM');
    const [status] = (await ended) as [number | null];
    if (status !== 0) throw new Error(`memae-server ended with status ${status ?? 'none'}`);
  } finally {
    server.kill('SIGKILL');
  }
}
