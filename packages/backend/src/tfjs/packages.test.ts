// Packages that are absent, or there but broken, in a process of its own: what is loaded stays loaded.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TfjsId } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memae-tfjs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly reason: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why an engine is not available to a program whose packages of TensorFlow.js lie in the folder. */
async function ask(id: TfjsId, packagesIn?: string): Promise<Told> {
  const parent = packagesIn === undefined ? '' : pathToFileURL(join(packagesIn, 'program.js')).href;
  const hook =
    'export const resolve = (name, context, next) => next(name, ' +
    `name.startsWith('@tensorflow/') ? { ...context, parentURL: ${JSON.stringify(parent)} } : context);`;
  const program = `
    import { register } from 'node:module';
    if (${String(packagesIn !== undefined)}) register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});
    const { tfjsBackend } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    const reason = await tfjsBackend(${JSON.stringify(id)}).unavailable();
    process.stdout.write(JSON.stringify({ reason }));`;
  const args = ['--conditions=@memae/source', '--input-type=module', '--eval', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  const { reason } = JSON.parse(stdout) as { readonly reason: string | null };
  return { reason, stdout, stderr };
}

/** tfjs-node as it is installed, but for its native part. */
function installWithBinding(binding: string | null): void {
  const real = realpathSync(
    dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json')),
  );
  const copy = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(copy, { recursive: true });
  for (const part of ['package.json', 'dist']) {
    cpSync(join(real, part), join(copy, part), { recursive: true });
  }
  // What it depends on lies beside it.
  const beside = join(real, '..', '..');
  for (const name of readdirSync(beside).filter((name) => name !== '@tensorflow')) {
    symlinkSync(join(beside, name), join(folder, 'node_modules', name));
  }
  for (const name of readdirSync(join(beside, '@tensorflow'))) {
    if (name === 'tfjs-node') continue;
    symlinkSync(
      join(beside, '@tensorflow', name),
      join(folder, 'node_modules', '@tensorflow', name),
    );
  }
  if (binding === null) return;
  const lib = join(copy, 'lib', 'napi-v8');
  mkdirSync(lib, { recursive: true });
  writeFileSync(join(lib, 'tfjs_binding.node'), binding);
}

describe('an engine says', () => {
  it.each([
    ['tfjs', '@tensorflow/tfjs-node is not installed: npm install @tensorflow/tfjs-node'],
    ['tfjs-node', '@tensorflow/tfjs-node is not installed: npm install @tensorflow/tfjs-node'],
    [
      'tfjs-wasm',
      '@tensorflow/tfjs-backend-wasm is not installed: ' +
        'npm install @tensorflow/tfjs-backend-wasm @tensorflow/tfjs-core',
    ],
  ] as const)('which package to install: %s', async (id, reason) => {
    expect((await ask(id, folder)).reason).toBe(reason);
  });

  it('that the native part is missing, and what brings it', async () => {
    installWithBinding(null);
    const { reason } = await ask('tfjs-node', folder);
    expect(reason).toMatch(
      /^@tensorflow\/tfjs-node is installed, but its native part is missing: /,
    );
    expect(reason).toContain('pnpm native-tensorflow');
  });

  it('that the native part is broken, in the loader’s words', async () => {
    installWithBinding('no library at all');
    const { reason, stdout } = await ask('tfjs-node', folder);
    expect(reason).toMatch(
      /^@tensorflow\/tfjs-node is installed, but its native part does not load \(/,
    );
    expect(reason).toContain('tfjs_binding.node');
    expect(stdout).toBe(JSON.stringify({ reason }));
  });

  it('nothing on standard output, and nothing is deprecated', async () => {
    const { reason, stdout, stderr } = await ask('tfjs-node');
    expect(stdout).toBe(JSON.stringify({ reason }));
    expect(stderr).not.toMatch(/deprecat/i);
  });
});
