import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, workspaceRoot } from './published-packages.ts';
import { readmeExample } from './readme-example.ts';

// Here the examples run from the sources: that is quick. Whether they typecheck and run with what goes
// to npm is main.ts's to say.
const packages = publishedPackages();
const libraries = packages.filter(({ name }) => name !== 'memae');
const folders = [...libraries.map(({ folder }) => folder), workspaceRoot];

describe('the example in the README of', () => {
  let place = '';
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'memae-readme-'));
    for (const { name, folder } of packages) {
      const link = join(place, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(folder, link, 'dir');
    }
  });
  afterAll(() => {
    rmSync(place, { recursive: true, force: true });
  });

  it.each(folders.map((folder) => relative(workspaceRoot, folder) || '.'))(
    '%s runs',
    { timeout: 300_000 },
    (folder) => {
      const code = readmeExample(join(workspaceRoot, folder));
      expect(code).toBeDefined();
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--conditions=@memae/source', '--input-type=module-typescript', '-'],
        { cwd: place, input: code, encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
    },
  );
});
