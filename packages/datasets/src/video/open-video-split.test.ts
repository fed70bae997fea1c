import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../fingerprint.ts';
import { bmpBytes } from '../testing/bmp-bytes.ts';
import { collect } from '../testing/collect.ts';
import { npyBytes } from '../testing/npy-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFrames, writeMasks } from '../testing/video-frames.ts';
import { type DecodingProgress, openVideoSplit } from './open-video-split.ts';

const random = createRandom(3);
const labels = Uint8Array.from({ length: 20 }, (_, i) => (i >= 10 ? 1 : 0));

/** Two training videos and one test video of twenty frames, in the common layout, with masks. */
async function commonLayout(): Promise<string> {
  const folder = join(await temporaryFolder(), 'mine');
  await writeFrames(join(folder, 'training', 'frames', '01'), 20, { extension: 'jpg' });
  await writeFrames(join(folder, 'training', 'frames', '02'), 20, { extension: 'jpg' });
  await writeFrames(join(folder, 'testing', 'frames', '01'), 20, { extension: 'jpg' });
  await writeMasks(join(folder, 'testing', 'masks', '01'), labels);
  return folder;
}

describe('the common layout', () => {
  test('makes a split; labels come from the masks where there are no others', async () => {
    const progress: DecodingProgress[] = [];
    const onProgress = (now: DecodingProgress): void => void progress.push(now);
    const split = await openVideoSplit(await commonLayout(), { random, onProgress });
    expect(split.name).toBe('mine');
    expect(split.protocol).toMatch(/labels of the pixel masks, frames of 6×8; clips of 16/);
    expect(split.train.sampleShape).toEqual([1, 16, 6, 8]);
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([5, 5, 5]);
    expect(progress).toEqual([]);

    const [batch] = await collect(split.test.batches({ size: 5 }));
    expect(batch?.keys).toEqual([8, 9, 10, 11, 12].map((frame) => `mine/01/${frame}`));
    expect([...(batch?.labels ?? [])]).toEqual([0, 0, 1, 1, 1]);
    // Frame i is of grey 4 i; JPEG keeps it nearly.
    batch?.samples.data.forEach((value, i) => {
      const [clip, frame] = [Math.floor(i / (16 * 48)), Math.floor(i / 48) % 16];
      expect(Math.abs(value - 4 * (clip + frame))).toBeLessThanOrEqual(1);
    });
    const [video] = split.test.videos;
    expect((await video?.masks?.())?.shape).toEqual([20, 6, 8]);

    await collect(split.train.batches({ size: 5, shuffle: random }));
    await collect(split.train.batches({ size: 5 }));
    await collect(split.validation.batches({ size: 5 }));
    // Each frame was decoded once.
    expect(progress.at(-1)).toEqual({ done: 60, total: 60 });
  });

  test('no frame is decoded to tell data apart, few for the first batch, and none twice', async () => {
    const folder = await commonLayout();
    for (const video of ['01', '02', '03']) {
      await writeFrames(join(folder, 'training', 'frames', video), 60, { extension: 'jpg' });
    }
    let decoded = 0;
    const opened = () =>
      openVideoSplit(folder, { random, onProgress: ({ done }) => void (decoded = done) });
    const { train } = await opened();
    const identity = await fingerprint(train);
    expect(decoded).toBe(0);
    expect(train.length).toBe(2 * 45);

    const shuffle = createRandom(1);
    let batches = 0;
    for await (const { keys } of train.batches({ size: 2, shuffle })) {
      batches += 1;
      // Those of the batch, and of the next one.
      expect(decoded).toBeLessThanOrEqual(16 * 2 * (batches + 1));
      expect(decoded).toBeGreaterThanOrEqual(16);
      expect(keys).toHaveLength(2);
    }
    expect(decoded).toBe(120);
    // The split made anew, read at once by two.
    const again = (await opened()).train;
    const passes = [1, 2].map((seed) =>
      collect(again.batches({ size: 4, shuffle: createRandom(seed) })),
    );
    await Promise.all(passes);
    expect(decoded).toBe(120);

    expect(await fingerprint(again)).toBe(identity);
    const last = join(folder, 'training', 'frames', '03', '000.jpg');
    const bytes = await readFile(last);
    const changed = new Set([identity]);
    for (const video of ['01', '02', '03']) {
      const file = join(folder, 'training', 'frames', video, '030.jpg');
      await writeFile(file, bytes);
      changed.add(await fingerprint((await opened()).train));
    }
    // Of three videos one is held out.
    expect(changed.size).toBe(3);
    const small = await openVideoSplit(folder, { random, size: [4, 4] });
    expect(changed.has(await fingerprint(small.train))).toBe(false);
  });

  test('frames of several sizes are refused by name, or resized', async () => {
    const folder = await commonLayout();
    const odd = join(folder, 'testing', 'frames', '01');
    await rm(odd, { recursive: true });
    await writeFrames(odd, 20, { size: [12, 16] });
    const native = await openVideoSplit(folder, { random });
    await expect(collect(native.test.batches({ size: 5 }))).rejects.toThrow(
      /01.000\.png: frames of 6×8 .* but 12×16 came/,
    );
    const resized = await openVideoSplit(folder, { random, size: [4, 4] });
    const [batch] = await collect(resized.test.batches({ size: 5 }));
    expect(batch?.samples.shape).toEqual([5, 1, 16, 4, 4]);
    const [video] = resized.test.videos;
    expect((await video?.masks?.())?.shape).toEqual([20, 4, 4]);
    await writeFrames(odd, 20);
    await writeFrames(odd, 1, { first: 4, size: [12, 16] });
    await expect(
      openVideoSplit(folder, { random }).then(({ test: set }) => collect(set.batches({ size: 5 }))),
    ).rejects.toThrow(/004\.png: frames of 6×8 .* but 12×16 came/);
  });

  test('a training refuses such a frame, and one that is no picture, before it begins', async () => {
    const folder = await commonLayout();
    const odd = join(folder, 'training', 'frames', '02');
    await writeFrames(odd, 1, { first: 5, size: [12, 16], extension: 'jpg' });
    const opened = async (size?: [number, number]) =>
      openVideoSplit(folder, { random, ...(size && { size }) });
    const identity = async (split: Awaited<ReturnType<typeof opened>>) =>
      Promise.all([split.train, split.validation].map(async (set) => fingerprint(set)));
    await expect(opened().then(identity)).rejects.toThrow(
      /02.005\.\w+: frames of 6×8 .* but 12×16 came/,
    );
    await expect(opened([4, 4]).then(identity)).resolves.toHaveLength(2);
    await writeFile(join(odd, '007.jpg'), 'broken');
    await expect(opened([4, 4]).then(identity)).rejects.toThrow(
      /02.007\.jpg: a picture \(PNG, JPEG/,
    );
  });

  test('a broken frame is named by the batch that needs it; an aborted signal ends decoding', async () => {
    const folder = await commonLayout();
    await writeFile(join(folder, 'testing', 'frames', '01', '007.jpg'), 'broken');
    const split = await openVideoSplit(folder, { random });
    await expect(collect(split.test.batches({ size: 5 }))).rejects.toThrow(
      /01.007\.jpg: a picture \(PNG, JPEG/,
    );
    expect(await collect(split.train.batches({ size: 5 }))).toHaveLength(1);

    const abort = new AbortController();
    const ended = await openVideoSplit(folder, { random, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(collect(ended.train.batches({ size: 5 }))).rejects.toThrow('enough');
  });

  test('masks of another number than frames, or of another size, are refused', async () => {
    const folder = await commonLayout();
    const masks = join(folder, 'testing', 'masks', '01');
    await writeMasks(masks, new Uint8Array(21));
    await expect(openVideoSplit(folder, { random })).rejects.toThrow(
      /masks.01: a mask for each of 20 frames was expected, but 21 came/,
    );
    await rm(masks, { recursive: true });
    await writeMasks(masks, labels, { size: [30, 10] });
    const split = await openVideoSplit(folder, { random });
    await expect(split.test.videos[0]?.masks?.()).rejects.toThrow(/masks of 6×8 .* but 30×10 came/);
  });

  test('labels are found in the folder, or named; without any, it says what to write', async () => {
    const folder = await commonLayout();
    await rm(join(folder, 'testing', 'masks'), { recursive: true });
    await expect(openVideoSplit(folder, { random })).rejects.toMatchObject({
      code: 'DATASET_NOT_FOUND',
      message: expect.stringMatching(/labels\.csv with the columns clip/) as unknown,
    });
    const rows = [...labels].map((label, i) => `1,${i},${label}`);
    const table = join(folder, 'labels.csv');
    await writeFile(table, ['clip,frame,label', ...rows].join('\n'));
    const found = await openVideoSplit(folder, { random });
    expect(found.protocol).toContain('labels of labels.csv');
    expect([...(found.test.videos[0]?.labels ?? [])]).toEqual([...labels]);
    expect(found.test.videos[0]?.masks).toBeUndefined();

    const other = join(folder, 'other.npy');
    await writeFile(
      other,
      npyBytes(
        labels.map((label) => 1 - label),
        [20],
      ),
    );
    const named = await openVideoSplit(folder, { random, labels: other });
    expect(named.test.videos[0]?.labels[0]).toBe(1);
    const absent = openVideoSplit(folder, { random, labels: join(folder, 'none.csv') });
    await expect(absent).rejects.toThrow(/none\.csv: a file to read was expected.*name another/);
    await expect(absent).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await writeFile(join(folder, 'again.csv'), '');
    await rm(other);
    await expect(openVideoSplit(folder, { random })).rejects.toThrow(
      /one \.csv file of labels.*again\.csv/,
    );
  });
});

test("the layout of UCSD's archive: TIFF frames, BMP masks beside them, labels in a script", async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'UCSDped2');
  await writeFrames(join(folder, 'Train', 'Train001'), 20, { extension: 'tif', first: 1 });
  await writeFrames(join(folder, 'Train', 'Train002'), 20, { extension: 'tif', first: 1 });
  await writeFrames(join(folder, 'Test', 'Test001'), 20, { extension: 'tif', first: 1 });
  await writeFile(join(folder, 'Test', 'UCSDped2.m'), 'TestVideoFile{end+1}.gt_frame = [11:20];');
  const masks = join(folder, 'Test', 'Test001_gt');
  await mkdir(masks);
  for (const [i, label] of labels.entries()) {
    const mask = bmpBytes(new Uint8Array(48).fill(255 * label), { height: 6, width: 8 });
    await writeFile(join(masks, `${String(i + 1).padStart(3, '0')}.bmp`), mask);
  }
  // As on a disk that does not tell capitals apart: one folder under two names.
  await symlink(join(folder, 'Test'), join(folder, 'test'), 'junction').catch(() => undefined);
  const split = await openVideoSplit('ucsd-ped2', { root, random });
  expect([split.name, split.test.videos.length]).toEqual(['ucsd-ped2', 1]);
  const [video] = split.test.videos;
  expect([...(video?.labels ?? [])]).toEqual([...labels]);
  expect((await video?.read())?.data[19 * 48]).toBe(76);
  expect((await video?.masks?.())?.data.reduce((sum, pixel) => sum + pixel, 0)).toBe(480);
  const [batch] = await collect(split.test.batches({ size: 1 }));
  expect(batch?.keys).toEqual(['ucsd-ped2/Test001/8']);
});

describe("ShanghaiTech's layout", () => {
  test('labels and masks a video, as NPY files', async () => {
    const root = await temporaryFolder();
    const folder = join(root, 'shanghaitech');
    await writeFrames(join(folder, 'training', 'frames', '01_001'), 20);
    await writeFrames(join(folder, 'training', 'frames', '01_002'), 20);
    await writeFrames(join(folder, 'testing', 'frames', '01_0014'), 20);
    for (const kind of ['test_frame_mask', 'test_pixel_mask'])
      await mkdir(join(folder, 'testing', kind));
    const frameMask = join(folder, 'testing', 'test_frame_mask', '01_0014.npy');
    await writeFile(frameMask, npyBytes(labels, [20]));
    const pixels = Uint8Array.from({ length: 20 * 48 }, (_, i) => labels[Math.floor(i / 48)] ?? 0);
    const pixelMask = join(folder, 'testing', 'test_pixel_mask', '01_0014.npy');
    await writeFile(pixelMask, npyBytes(pixels, [20, 6, 8]));
    const split = await openVideoSplit('shanghai-tech', { root, random });
    const [video] = split.test.videos;
    expect([...(video?.labels ?? [])]).toEqual([...labels]);
    expect([...((await video?.masks?.())?.data ?? [])]).toEqual([...pixels]);
    await writeFile(pixelMask, npyBytes(pixels.subarray(48), [19, 6, 8]));
    await expect(openVideoSplit('shanghai-tech', { root, random })).rejects.toThrow(
      /test_pixel_mask.01_0014\.npy: a mask for each of 20 frames was expected, but 19 came/,
    );
    await writeFile(pixelMask, npyBytes(pixels, [20, 6, 8]));
    await writeFile(frameMask, npyBytes(labels, [20]).subarray(0, -1));
    await expect(openVideoSplit('shanghai-tech', { root, random })).rejects.toThrow(/01_0014\.npy/);
  });
});

test('what is not there is refused, saying where to get it and where to put it', async () => {
  const root = await temporaryFolder();
  const ped2 = openVideoSplit('ucsd-ped2', { root, random });
  await expect(ped2).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  await expect(ped2).rejects.toThrow(/UCSD_Anomaly_Dataset\.tar\.gz.*folder "ucsd-ped2"/);
  await expect(openVideoSplit('avenue', { random })).rejects.toThrow(/no folder of data sets/);
  await expect(openVideoSplit('nowhere', { random })).rejects.toThrow(
    /ucsd-ped2, avenue, shanghai-tech, moving-shapes.* "nowhere" is neither/,
  );
  await expect(openVideoSplit(root, { random })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  await expect(openVideoSplit(root, { random, size: [0, 4] })).rejects.toThrow(
    /whole pixels, but 0×4/,
  );
  await writeFrames(join(root, 'training', '01'), 20);
  await expect(openVideoSplit(root, { random })).rejects.toThrow(
    /testing\/frames or Test, but none/,
  );
  await rename(join(root, 'training'), join(root, 'testing'));
  await expect(openVideoSplit(root, { random })).rejects.toThrow(
    /training\/frames or Train, but none/,
  );
});
