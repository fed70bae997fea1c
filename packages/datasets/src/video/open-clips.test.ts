import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFrames } from '../testing/video-frames.ts';
import { openClips } from './open-clips.ts';

test('a folder of frames has a clip around each of them', async () => {
  const folder = join(await temporaryFolder(), 'walk');
  await writeFrames(folder, 20);
  const videos = await openClips(folder, { frames: 8, size: [4, 4] });
  expect(videos).toHaveLength(1);
  const [clips] = videos;
  if (clips === undefined) return;
  expect(clips).toMatchObject({ length: 20, sampleShape: [1, 8, 4, 4], dtype: 'uint8' });
  const batches = await collect(clips.batches({ size: 7 }));
  const keys = batches.flatMap((batch) => batch.keys);
  expect(keys).toEqual(Array.from({ length: 20 }, (_, i) => join(folder, String(i))));
  // Frame i is of grey 4 i; the first clip begins with the first frame four times more.
  const first = Array.from({ length: 8 }, (_, i) => batches[0]?.samples.data[i * 16]);
  expect(first).toEqual([0, 0, 0, 0, 0, 4, 8, 12]);
});

test('a folder of such folders is as many videos', async () => {
  const folder = await temporaryFolder();
  await writeFrames(join(folder, '9'), 16);
  await writeFrames(join(folder, '10'), 18);
  const videos = await openClips(folder, { ends: 'trim' });
  expect(videos.map(({ name, length }) => [name, length])).toEqual([
    [join(folder, '9'), 1],
    [join(folder, '10'), 3],
  ]);
  const [, second] = videos;
  if (second === undefined) return;
  const [batch] = await collect(second.batches({ size: 9 }));
  expect(batch?.keys).toEqual([8, 9, 10].map((frame) => join(folder, '10', String(frame))));
});

test('what cannot be scored is refused by name', async () => {
  const folder = await temporaryFolder();
  await expect(openClips(folder)).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  await expect(openClips(join(folder, 'none'))).rejects.toMatchObject({
    code: 'DATASET_NOT_FOUND',
  });
  const frames = await writeFrames(folder, 20);
  await expect(openClips(folder, { frames: 30, ends: 'trim' })).rejects.toThrow(/a clip spans 30/);
  await rm(frames[5] ?? '');
  await expect(openClips(folder)).rejects.toThrow(/is missing/);
});
