// Packs every published package, installs each with npm in an empty folder together with what it needs
// from this workspace, and tries it out there. `npx --yes pnpm@12.21.0 package-check` builds first.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, usersEnvironment } from './command.ts';
import { publishedPackages, workspaceRoot } from './published-packages.ts';
import { readmeExample } from './readme-example.ts';
import { install, runCommandLine, runExample, runServer } from './try-out.ts';

const temporary = mkdtempSync(join(tmpdir(), 'memae-package-check-'));
const packages = publishedPackages();

async function packAll(): Promise<Map<string, string>> {
  const tarballs = new Map<string, string>();
  for (const { name, folder } of packages) {
    const pack = ['pnpm', 'pack', '--json', '--pack-destination', temporary];
    const { filename } = JSON.parse(await command(pack, { folder })) as { filename: string };
    tarballs.set(name, filename);
  }
  return tarballs;
}

interface Trial {
  readonly name: string;
  /** Where its README is. */
  readonly folder: string;
  readonly installs: readonly string[];
}

async function attempt({ name, folder, installs }: Trial, place: string): Promise<string> {
  await install(installs, place);
  if (name === 'memae') {
    await runCommandLine(place);
    return 'installed; lists, trains, evaluates, exports';
  }
  const example = readmeExample(folder);
  if (example === undefined) throw new Error('its README has no example in a ```ts block');
  await runExample(example, place);
  if (name === '@memae/server') {
    await runServer(place);
    return 'installed; its example typechecks and runs; serves, and ends when told to';
  }
  return 'installed; its example typechecks and runs';
}

try {
  const version = ['node', '--version'];
  const node = await command(version, { folder: temporary, environment: usersEnvironment() });
  const tarballs = await packAll();
  const trials: Trial[] = packages.map(({ name, folder, needs }) => ({
    name,
    folder,
    installs: [name, ...needs].map((each) => tarballs.get(each) ?? each),
  }));
  trials.push({ name: '(README.md)', folder: workspaceRoot, installs: [...tarballs.values()] });

  let passed = 0;
  const waiting = trials.entries();
  const takeTurns = async (): Promise<void> => {
    for (const [i, trial] of waiting) {
      const started = performance.now();
      const outcome = await attempt(trial, join(temporary, `trial-${i}`)).then(
        (done) => ({ word: 'ok  ', text: done }),
        (error: unknown) => ({ word: 'FAIL', text: String(error) }),
      );
      if (outcome.word === 'ok  ') passed += 1;
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(`${outcome.word} ${trial.name.padEnd(20)} ${outcome.text} (${seconds} s)`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, takeTurns));
  console.log(`${passed} of ${trials.length} pass with npm and Node ${node.trim()}`);
  process.exitCode = passed === trials.length ? 0 : 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
