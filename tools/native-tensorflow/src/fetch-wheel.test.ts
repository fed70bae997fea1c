// pip itself downloads, from a folder that it is told to use as its index.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fetchWheel } from './fetch-wheel.ts';
import { findPython } from './prerequisites.ts';
import { succeeds, testFolder, writeWheel } from './testing.ts';
import type { Wheel } from './wheels.ts';

const folder = testFolder();
const index = join(folder, 'index');
const kept = join(folder, 'kept');

describe.skipIf(!succeeds(() => findPython(process.env)))(
  'with a Python that has pip',
  { timeout: 20_000 },
  () => {
    let python: string;
    let wheel: Wheel;

    beforeAll(() => {
      python = findPython(process.env);
      mkdirSync(index);
      wheel = writeWheel(python, { folder: index, file: 'thing-1.0-py3-none-any.whl' });
      vi.stubEnv('PIP_NO_INDEX', '1');
      vi.stubEnv('PIP_FIND_LINKS', index);
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });
    const fetch = (one: Wheel, by = python) => fetchWheel(one, { folder: kept, python: by });

    it('removes and refuses a file with another checksum', async () => {
      const other = { ...wheel, sha256: '0'.repeat(64) };
      await expect(fetch(other)).rejects.toThrow(
        `removed: expected sha256 ${other.sha256}, got ${wheel.sha256}`,
      );
      expect(readdirSync(kept)).toEqual([]);
    });

    it('says which file cannot be had', async () => {
      const missing = { ...wheel, file: 'nothing-1.0-py3-none-any.whl' };
      await expect(fetch(missing)).rejects.toThrow(
        'Downloading nothing-1.0-py3-none-any.whl failed',
      );
      expect(readdirSync(kept)).toEqual([]);
    });

    it('downloads once', async () => {
      expect(await fetch(wheel)).toBe(join(kept, wheel.file));
      expect(await fetch(wheel, '/no/python')).toBe(join(kept, wheel.file));
      expect(readdirSync(kept)).toEqual([wheel.file]);
    });

    it('downloads anew what was damaged', async () => {
      writeFileSync(join(kept, wheel.file), 'damaged');
      await fetch(wheel);
      await fetch(wheel, '/no/python');
    });
  },
);
