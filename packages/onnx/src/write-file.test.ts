import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { writeFileAtomic, writeFilesAtomic } from './write-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memae-write-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const unwritable = (reason: string): unknown =>
  expect.objectContaining({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining(reason) as unknown,
  });

describe('writeFileAtomic', () => {
  it('writes bytes and text, replaces, and leaves nothing beside', async () => {
    const path = join(folder, 'a');
    await writeFileAtomic(path, Uint8Array.of(1, 2));
    expect([...readFileSync(path)]).toEqual([1, 2]);
    await writeFileAtomic(path, 'λ');
    expect(readFileSync(path, 'utf8')).toBe('λ');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('writes what comes by and by, and nothing where that fails, which is told as it was', async () => {
    const path = join(folder, 'a');
    async function* lines(failure?: Error): AsyncGenerator<string> {
      yield 'one\n';
      await setTimeout(1);
      if (failure !== undefined) throw failure;
      yield 'two\n';
    }
    await writeFileAtomic(path, lines());
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    const failure = new Error('no more lines');
    await expect(writeFileAtomic(path, lines(failure))).rejects.toBe(failure);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('puts no file in the place of a pipe or a device', async () => {
    if (process.platform === 'win32') return;
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(writeFileAtomic(pipe, 'a')).rejects.toEqual(
      unwritable('pipe: the name of a file'),
    );
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it.skipIf(process.platform === 'win32')(
    'writes the file that a link leads to, and refuses the system’s own names of files',
    async () => {
      const [link, target] = [join(folder, 'link'), join(folder, 'there', 'target')];
      mkdirSync(join(folder, 'there'));
      writeFileSync(target, 'old');
      symlinkSync(join('there', 'target'), link);
      await writeFileAtomic(link, 'new');
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(target, 'utf8')).toBe('new');
      // An open file, as /dev/stdout is where the output is sent to one.
      const open = openSync(target, 'r');
      const named = `/dev/fd/${open}`;
      await expect(writeFileAtomic(named, 'lost')).rejects.toEqual(unwritable('is a device'));
      closeSync(open);
      expect(readFileSync(target, 'utf8')).toBe('new');
      expect(readdirSync(folder)).toEqual(['link', 'there']);
    },
  );

  it('refuses a folder that is a file, naming the path and the reason', async () => {
    writeFileSync(join(folder, 'a'), '');
    const path = join(folder, 'a', 'b');
    await expect(writeFileAtomic(path, 'new')).rejects.toEqual(unwritable('ENOTDIR'));
    await expect(writeFileAtomic(path, 'new')).rejects.toThrow(path);
  });

  it('refuses to replace a folder', async () => {
    mkdirSync(join(folder, 'a'));
    await expect(writeFileAtomic(join(folder, 'a'), 'new')).rejects.toEqual(
      unwritable('it is a folder'),
    );
    expect(readdirSync(folder)).toEqual(['a']);
  });

  // /dev/full is Linux's disk without room.
  it.skipIf(!existsSync('/dev/full'))(
    'keeps every earlier file when the disk fills up at the second',
    async () => {
      const [a, b] = [join(folder, 'a'), join(folder, 'b')];
      writeFileSync(a, 'old a');
      writeFileSync(b, 'old b');
      symlinkSync('/dev/full', `${b}.tmp`);
      const writing = writeFilesAtomic([
        { path: a, data: 'new a' },
        { path: b, data: 'new b' },
      ]);
      await expect(writing).rejects.toEqual(unwritable('ENOSPC'));
      expect([readFileSync(a, 'utf8'), readFileSync(b, 'utf8')]).toEqual(['old a', 'old b']);
      expect(readdirSync(folder)).toEqual(['a', 'b']);
    },
  );

  it(
    'leaves a whole file when the process is killed at any moment',
    { timeout: 30_000 },
    async () => {
      const path = join(folder, 'a');
      const length = 4_000_000;
      const program = `
      import { writeFileAtomic } from ${JSON.stringify(new URL('write-file.ts', import.meta.url).href)};
      for (let i = 0; ; i = (i + 1) % 256) {
        await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(${length}).fill(i));
      }`;
      const options = ['--conditions=@memae/source', '--input-type=module', '--eval', program];
      for (const extra of [0, 3, 11]) {
        const child = spawn(process.execPath, options, { stdio: 'inherit' });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        while (!existsSync(path)) await setTimeout(5);
        await setTimeout(extra);
        child.kill('SIGKILL');
        await ended;
        const found = readFileSync(path);
        expect(found.length).toBe(length);
        expect(found.every((byte) => byte === found[0])).toBe(true);
        rmSync(path);
      }
      await writeFileAtomic(path, 'after');
      expect(readdirSync(folder)).toEqual(['a']);
    },
  );
});
