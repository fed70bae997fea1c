import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MemaeError } from '@memae/graph';
import { create } from 'tar';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type ReadTarOptions, readTar } from './read-tar.ts';

async function archiveOf(files: Record<string, string>, gzip = true): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await symlink('/etc/passwd', join(folder, 'link.txt'));
  const file = join(folder, 'archive');
  await create({ cwd: folder, file, gzip, portable: true }, [...Object.keys(files), 'link.txt']);
  return file;
}

async function read(file: string, options: Partial<ReadTarOptions> = {}) {
  const found: Record<string, string> = {};
  await readTar({
    file,
    wanted: (path) => path.endsWith('.txt'),
    onFile: (path, bytes) => {
      found[path] = new TextDecoder().decode(bytes);
    },
    maxBytes: 2 ** 20,
    maxFileBytes: 2 ** 16,
    ...options,
  });
  return found;
}

test('gives the wanted files, gzipped or not, and no links', async () => {
  const files = { 'a.txt': 'one', 'deep/er/b.txt': 'two'.repeat(9000), 'c.bin': 'three' };
  for (const gzip of [true, false]) {
    expect(await read(await archiveOf(files, gzip))).toEqual({
      'a.txt': 'one',
      'deep/er/b.txt': files['deep/er/b.txt'],
    });
  }
});

test('refuses what is too large before it is read', async () => {
  const file = await archiveOf({ 'a.txt': 'x'.repeat(50_000) });
  await expect(read(file, { maxFileBytes: 1000 })).rejects.toThrow(
    /archive: .* a\.txt in it is larger than 1000 bytes/,
  );
  await expect(read(file, { maxBytes: 10_000 })).rejects.toThrow(
    /unpacks to more than 10000 bytes/,
  );
});

test('refuses an archive that is packed again, whatever it would unpack to', async () => {
  const file = await archiveOf({ 'a.txt': 'one' });
  const zstd = Buffer.from('28b52ffd00', 'hex');
  for (const bytes of [gzipSync(await readFile(file)), zstd, gzipSync(zstd)]) {
    await writeFile(file, bytes);
    await expect(read(file)).rejects.toThrow(/archive: .* packed by other means than gzip once/);
  }
});

test('refuses an archive that is cut short, packed or unpacked, and one that is none', async () => {
  const file = await archiveOf({ 'a.txt': 'x'.repeat(50_000), 'b.txt': 'y'.repeat(50_000) });
  const packed = await readFile(file);
  const plain = gunzipSync(packed);
  for (const bytes of [packed.subarray(0, -30), plain.subarray(0, 70_000), Buffer.alloc(2000, 7)]) {
    await writeFile(file, bytes);
    const reading = read(file);
    await expect(reading).rejects.toThrow(/archive: a whole tar archive was expected/);
    await expect(reading).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
  }
  await expect(read(`${file}.none`)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
});

test('an error of whoever takes the files comes through, and so does a signal', async () => {
  const file = await archiveOf({ 'a.txt': 'one' });
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(read(file, { signal })).rejects.toThrow('enough');
  const onFile = (): void => {
    throw new MemaeError('DATASET_EMPTY', 'not this one');
  };
  await expect(read(file, { onFile })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
});
