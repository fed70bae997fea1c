import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { knownData, knownPools } from './known-data.ts';
import { modalityOf } from './modality-of.ts';
import { type OpenSplitOptions, openSplit } from './open-split.ts';
import { collect } from './testing/collect.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const random = createRandom(1);

/** A folder of coloured pictures, by class. */
async function pictures(paths: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const background = { r: 200, g: 100, b: 0 };
  const image = sharp({ create: { width: 3, height: 2, channels: 3, background } });
  const bytes = await image.png().toBuffer();
  for (const path of paths) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

const classes = ['good/1.png', 'good/2.png', 'good/3.png', 'good/4.png', 'bad/1.png', 'bad/2.png'];

test('every name that is known is listed once, by kind', () => {
  const names = knownData.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const named = (modality: string) =>
    knownData.filter((each) => each.modality === modality).map(({ name }) => name);
  expect(named('image')).toEqual([...knownPools, 'textures']);
  expect(named('video')).toEqual(['ucsd-ped2', 'avenue', 'shanghai-tech', 'moving-shapes']);
  expect(named('tabular')).toEqual(['kddcup99', 'flows']);
});

describe('opens by name', () => {
  test.each<[string, Partial<OpenSplitOptions>, number[]]>([
    ['strokes', { normal: 5, limit: 30 }, [1, 28, 28]],
    ['textures', { normal: 'mesh', limit: 3 }, [1, 64, 64]],
    ['flows', { protocol: 'B', scaling: 'standard', limit: 500 }, [20]],
    ['moving-shapes', { size: [24, 40], video: { frames: 8 } }, [1, 8, 24, 40]],
  ])('%s', async (source, options, shape) => {
    const split = await openSplit(source, { random, ...options });
    const known = knownData.find(({ name }) => name === source);
    expect(await modalityOf(source)).toBe(known?.modality);
    for (const part of [split.train, split.validation, split.test]) {
      expect(part.modality).toBe(known?.modality);
      expect(part.sampleShape).toEqual(shape);
      expect(part.length).toBeGreaterThan(0);
    }
    const [first] = await collect(split.test.batches({ size: 1000 }));
    expect(new Set(first?.labels)).toEqual(new Set([0, 1]));
    expect(first?.keys[0]).toMatch(source === 'textures' ? /^test\// : new RegExp(`^${source}/`));
    expect(split.protocol).not.toBe('');
  });

  test('a folder of pictures, in colour where they are, unless grey is asked for', async () => {
    const folder = await pictures(classes);
    const open = async (options: Partial<OpenSplitOptions>) =>
      (await openSplit(folder, { random, normal: 'good', ...options })).train;
    expect((await open({ colour: 'grey' })).sampleShape).toEqual([1, 2, 3]);
    const coloured = await open({ size: [4, 4] });
    expect(coloured.sampleShape).toEqual([3, 4, 4]);
    const [batch] = await collect(coloured.batches({ size: 1 }));
    expect([0, 16, 32].map((i) => batch?.samples.data[i])).toEqual([200, 100, 0]);
  });

  test('a folder of videos, and one of classes that are called train and test', async () => {
    const frames = (part: string, video: string) =>
      Array.from({ length: 20 }, (_, i) => `${part}/${video}/${String(i).padStart(3, '0')}.png`);
    const videos = await pictures([
      ...frames('training/frames', '01'),
      ...frames('training/frames', '02'),
      ...frames('testing/frames', '01'),
    ]);
    expect(await modalityOf(videos)).toBe('video');
    await writeFile(join(videos, 'labels.csv'), 'x');
    await expect(openSplit(videos, { random, normal: 1 })).rejects.toThrow(
      /"normal" is for images/,
    );
    expect(await modalityOf(await pictures(['train/1.png', 'test/1.png']))).toBe('image');
    expect(await modalityOf(await pictures(['training/1.png']))).toBe('image');
  });

  test.each<[string, string[], 'image' | 'video']>([
    [
      'classes, as CIFAR-10',
      ['train/cat/0.png', 'train/dog/0.png', 'test/cat/0.png', 'test/dog/0.png'],
      'image',
    ],
    ['one normal class', ['train/good/0.png', 'test/good/0.png', 'test/broken/0.png'], 'image'],
    ['numbered classes', ['train/0/1.png', 'train/0/5.png', 'test/0/2.png'], 'image'],
    ['pictures without numbers', ['train/a/x.png', 'test/b/y.png'], 'image'],
    [
      "UCSD's videos",
      ['Train/Train001/1.png', 'Test/Test001/1.png', 'Test/Test001_gt/1.png'],
      'video',
    ],
    [
      'numbered videos',
      ['train/01/1.png', 'train/01/2.png', 'test/01/1.png', 'test/02/1.png'],
      'video',
    ],
    ['films', ['train/a.mp4', 'test/b.mp4'], 'video'],
    ["Avenue's films", ['training_videos/01.avi', 'testing_videos/01.avi'], 'video'],
    ["ShanghaiTech's films", ['training/videos/01_001.avi', 'testing/frames/01/1.jpg'], 'video'],
  ])('train and test of %s', async (_, paths, modality) => {
    expect(await modalityOf(await pictures(paths))).toBe(modality);
  });

  test.each<[string, string[], 'image' | 'video']>([
    ['films', ['monday.mp4', 'tuesday.mkv'], 'video'],
    ['frames', ['frame_1.png', 'frame_2.png', 'frame_3.png'], 'video'],
    ['folders of frames', ['monday/frame1.png', 'monday/frame2.png'], 'video'],
    ['numbered clips', ['clip-1/1.png', 'clip-1/2.png', 'clip-2/1.png'], 'video'],
    ['numbered pictures', ['001.png', '002.png', '003.png'], 'image'],
    ['frames with gaps', ['frame_1.png', 'frame_3.png'], 'image'],
    ['classes', ['0/1.png', '0/2.png', '1/1.png'], 'image'],
    ['classes in a language of numbers', ['camera-1/cat.png', 'camera-2/dog.png'], 'image'],
  ])('a folder of %s, and otherwise when told so', async (_, paths, modality) => {
    const folder = await pictures(paths);
    expect(await modalityOf(folder)).toBe(modality);
    const other = modality === 'image' ? 'video' : 'image';
    expect(await modalityOf(folder, { kind: other })).toBe(other);
  });
});

describe('refuses by name', () => {
  test.each<[string, Partial<OpenSplitOptions>, RegExp]>([
    [
      'kddcup99',
      { normal: 'smurf' },
      /"normal" is for images and a table of your own, but kddcup99 is a table/,
    ],
    ['flows', { dropConstant: true }, /"dropConstant" is for kddcup99, but flows is a table/],
    [
      'flows',
      { size: [8, 8] },
      /"size" is for a folder of pictures and textures and videos, but flows/,
    ],
    [
      'strokes',
      { normal: 1, protocol: 'A' },
      /"protocol" is for a table known by name, but strokes is images/,
    ],
    ['strokes', { normal: 1, size: [8, 8] }, /"size" is for a folder of pictures/],
    ['mnist', { normal: 1, edition: 'jpeg' }, /"edition" is for cifar10/],
    [
      'moving-shapes',
      { limit: 3 },
      /"limit" is for images and a table, but moving-shapes is videos/,
    ],
    ['textures', {}, /weave, grain, mesh, speckle is named .*--normal weave.* none was/],
    ['textures', { normal: 'mesh', pictures: { fit: 'pad' } }, /"fit" is for folders of pictures/],
    ['textures', { normal: 'mesh', size: [8, 8] }, /whole sizes from 32/],
    ['strokes', {}, /strokes is images of several classes: name the one that is normal/],
    ['strokes', { normal: 1, limit: 0 }, /limit is a whole number of samples/],
    ['flows', { protocol: 'C' as 'A' }, /protocol is one of A, B/],
  ])('%s with %j', async (source, options, message) => {
    const opened = openSplit(source, { random, ...options });
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toMatchObject({ code: 'DATASET_BAD_OPTION' });
  });

  test('what is not there', async () => {
    const opened = openSplit('kddcup', { random });
    await expect(opened).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await expect(opened).rejects.toThrow(
      /mnist, cifar10, .*moving-shapes.* "kddcup" is none of these/,
    );
  });
});
