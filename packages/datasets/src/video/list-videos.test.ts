import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFrames } from '../testing/video-frames.ts';
import { lengthOf, listClips, listVideos } from './list-videos.ts';

test('videos and frames come in the order of their numbers; what is no frame is let pass', async () => {
  const folder = await temporaryFolder();
  await writeFrames(join(folder, 'Test10'), 3, { first: 9 });
  await writeFrames(join(folder, 'Test9'), 2);
  const [first = ''] = await writeFrames(join(folder, 'Test11'), 12);
  await rename(first, join(folder, 'Test11', 'frame_0.png'));
  await writeFile(join(folder, 'Test11', '._001.png'), 'left by an archive');
  await writeFile(join(folder, 'Test11', 'Thumbs.db'), 'left by a browser');
  await writeFile(join(folder, 'labels.csv'), '');
  const videos = await listVideos(folder);
  expect(videos.map((video) => [video.name, lengthOf(video)])).toEqual([
    ['Test9', 2],
    ['Test10', 3],
    ['Test11', 12],
  ]);
  const last = videos.at(-1);
  const names = last && 'files' in last ? last.files.map((file) => basename(file)) : [];
  expect(names.slice(0, 2)).toEqual(['frame_0.png', '001.png']);
  expect(names.at(-1)).toBe('011.png');
  expect(await listVideos(join(folder, 'nowhere'))).toEqual([]);
});

test('missing, doubled and unnumbered frames are refused by name', async () => {
  const folder = await temporaryFolder();
  const video = join(folder, '01');
  const files = await writeFrames(video, 12);
  await rm(files[5] ?? '');
  await expect(listVideos(folder)).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
  await expect(listVideos(folder)).rejects.toThrow(
    /01: .*004\.png comes 006\.png: frame 5 is missing/,
  );
  await rm(files[6] ?? '');
  await expect(listVideos(folder)).rejects.toThrow(/frames 5 to 6 are missing/);
  await writeFrames(video, 12);
  await writeFrames(video, 1, { first: 7, extension: 'jpg' });
  await expect(listVideos(folder)).rejects.toThrow(/007\.(png|jpg) and 007\.(png|jpg) both/);
  await rename(join(video, '007.jpg'), join(video, 'cover.jpg'));
  await expect(listVideos(folder)).rejects.toThrow(
    /cover\.jpg: the name of a frame ends in its number/,
  );
});

test('a folder among videos that has no frames of its own is refused by name', async () => {
  const folder = await temporaryFolder();
  await writeFrames(join(folder, '01'), 3);
  const other = join(folder, '02');
  await mkdir(other);
  await expect(listVideos(folder)).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
  const refused = /02: numbered JPEG, PNG or TIFF frames .* as in 01 .* none itself/;
  await expect(listVideos(folder)).rejects.toThrow(refused);
  await writeFrames(join(other, 'frames'), 3);
  await expect(listVideos(folder)).rejects.toThrow(refused);
  await rename(join(other, 'frames'), join(folder, '03'));
  await writeFile(join(other, '000.bmp'), 'BM');
  await expect(listVideos(folder)).rejects.toThrow(refused);
  // Where none has any, they may be sought elsewhere.
  expect(await listVideos(other)).toEqual([]);
});

test('folders of masks and labels are let pass among videos', async () => {
  const folder = await temporaryFolder();
  await writeFrames(join(folder, '01'), 3);
  const beside = ['01_gt', 'masks/01', 'test_pixel_mask', 'labels', 'ground_truth', '__MACOSX'];
  for (const name of beside) await mkdir(join(folder, name), { recursive: true });
  expect((await listVideos(folder)).map(({ name }) => name)).toEqual(['01']);
  // With frames in them, too, unless there are no others.
  for (const name of ['01_gt', 'masks']) await writeFrames(join(folder, name), 3);
  expect((await listVideos(folder)).map(({ name }) => name)).toEqual(['01']);
  await rm(join(folder, '01'), { recursive: true });
  expect((await listVideos(folder)).map(({ name }) => name)).toEqual(['01_gt', 'masks']);
});

test('a picture beside videos is no reason to pass over them', async () => {
  const folder = await temporaryFolder();
  for (const name of ['01', '02']) await writeFrames(join(folder, name), 3);
  expect(await listClips(folder)).toHaveLength(2);
  await writeFile(join(folder, 'cover1.png'), '');
  await expect(listClips(folder)).rejects.toThrow(
    /holds pictures, .* and the video 01 beside them/,
  );
  const [alone] = await listClips(join(folder, '01'));
  expect(alone && lengthOf(alone)).toBe(3);
  await writeFrames(join(folder, '01', 'masks'), 3);
  expect(await listClips(join(folder, '01'))).toHaveLength(1);
  await writeFile(join(folder, '02', 'whole.mp4'), '');
  await expect(listClips(join(folder, '02'))).rejects.toThrow(/the video whole\.mp4 beside them/);
});

test('a link that leads nowhere is refused by name', async () => {
  const folder = await temporaryFolder();
  await writeFrames(join(folder, '01'), 3);
  await symlink(join(folder, 'nowhere'), join(folder, '02'), 'junction');
  await expect(listVideos(folder)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  await expect(listVideos(folder)).rejects.toThrow(/02: .*leads nowhere/);
});
