import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ndarray } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { fileCheckpoints } from './checkpoint-store.ts';
import { refusal, temporaryFolder } from './testing/small-problem.ts';

const checkpoint = {
  parameters: new Map([['w', ndarray([1, 2], [2])]]),
  progress: { step: 1 },
};

describe('fileCheckpoints', () => {
  it('has nothing before the first save, then the last one saved', async () => {
    const store = fileCheckpoints(join(await temporaryFolder(), 'checkpoint'));
    expect(await store.load()).toBeNull();
    await store.save(checkpoint);
    await store.save({ ...checkpoint, progress: { step: 2 } });
    expect(await store.load()).toEqual({ ...checkpoint, progress: { step: 2 } });
  });

  it('keeps the earlier one when the process dies while the next is written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'checkpoint');
    const store = fileCheckpoints(path);
    await store.save(checkpoint);
    // What a kill leaves behind: the beginning of the next file, under the name it is written to.
    const bytes = await readFile(path);
    await writeFile(`${path}.tmp`, bytes.subarray(0, 20));
    expect(await store.load()).toEqual(checkpoint);
    await store.save({ ...checkpoint, progress: { step: 2 } });
    expect(await store.load()).toEqual({ ...checkpoint, progress: { step: 2 } });
    expect(await readdir(folder)).toEqual(['checkpoint']);
  });

  it('names the file that is corrupt, and the folder that cannot be written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'checkpoint');
    await writeFile(path, 'not a checkpoint at all');
    const error = await refusal(fileCheckpoints(path).load());
    expect(error.code).toBe('TRAIN_CHECKPOINT_CORRUPT');
    expect(error.message).toContain(`The checkpoint ${path} cannot be used: `);
    const nowhere = fileCheckpoints(join(folder, 'missing', 'checkpoint'));
    expect((await refusal(nowhere.save(checkpoint))).code).toBe('FILE_UNWRITABLE');
  });
});
