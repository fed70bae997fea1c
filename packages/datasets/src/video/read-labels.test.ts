import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matBytes } from '../testing/mat-bytes.ts';
import { npyBytes } from '../testing/npy-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readFrameLabels } from './read-labels.ts';

const videos = [
  { name: '01', frames: 5 },
  { name: '02', frames: 4 },
];
const truth = [
  [0, 1, 1, 0, 0],
  [1, 0, 0, 1],
];
const table = truth.flatMap((labels, video) =>
  labels.map((label, frame) => `${video + 1},${frame},${label}`),
);

const files = {
  'labels.m': `TestVideoFile = {};
TestVideoFile{end+1}.gt_frame = [2:3];
% TestVideoFile{end+1}.gt_frame = [1:5];
TestVideoFile{end+1}.gt_frame = [1, 4:4];`,
  'labels.mat': matBytes({
    gt: [
      { shape: [2, 1], data: [2, 3] },
      { shape: [2, 2], data: [1, 1, 4, 4] },
    ],
  }),
  'labels.npy': npyBytes(BigInt64Array.from(truth.flat().map((label) => BigInt(label))), [1, 9]),
  'labels.csv': ['clip,frame_index0,label', ...table, '3,0,1', ''].join('\n'),
};

async function read(file: string, content: string | Uint8Array): Promise<number[][]> {
  const path = join(await temporaryFolder(), file);
  await writeFile(path, content);
  return (await readFrameLabels(path, videos)).map((labels) => [...labels]);
}

describe('labels of frames', () => {
  test.each(Object.entries(files))('%s', async (file, content) => {
    expect(await read(file, content)).toEqual(truth);
  });

  test('an empty cell is a video without anomalies', async () => {
    const gt = [
      { shape: [0, 0], data: [] },
      { shape: [2, 1], data: [2, 2] },
    ];
    expect(await read('a.mat', matBytes({ gt }))).toEqual([
      [0, 0, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
  });

  test('a script names videos by their numbers, in any order', async () => {
    const script = `TestVideoFile{2}.gt_frame = [1, ...
      4:4]; TestVideoFile{ 1 }.gt_frame = 2 : 3`;
    expect(await read('a.m', script)).toEqual(truth);
    const mixed = 'V{1}.gt_frame = []; V{end + 1}.gt_frame = [1; 3:4]';
    expect(await read('a.m', mixed)).toEqual([
      [0, 0, 0, 0, 0],
      [1, 0, 1, 1],
    ]);
  });

  test('columns may stand in another order, clips be named', async () => {
    const rows = table.map((row) => row.split(',').reverse().join(','));
    const named = rows.map((row) => row.replace(/(\d)$/, '0$1'));
    expect(await read('a.csv', ['\uFEFFlabel,frame,video', ...named].join('\r\n'))).toEqual(truth);
  });
});

describe('labels for another number of frames or videos are refused by file', () => {
  test.each([
    [
      'a.m',
      'gt_frame = [2:3]; gt_frame = [4:5];',
      /a\.m: .*between 1 and 4 .* video 02.* 4 to 5 came/,
    ],
    ['a.m', 'gt_frame = [0:3]; gt_frame = [];', /a\.m: .*0 to 3 came/],
    ['a.m', 'gt_frame = [2:3];', /a\.m: .*of 2 test videos were expected, but of 1 came/],
    ['a.m', 'gt_frame = [1:2:5]; gt_frame = [];', /a\.m: .*first:last.*video 1.*"1:2:5"/],
    ['a.m', 'gt_frame = []; gt_frame = [1:size(x)];', /video 2, but "1:size\(x\)"/],
    ['a.m', 'gt_frame = [1:3', /"\[1:3"/],
    ['a.m', 'gt_frame = [1:3] + 1', /"\[1:3\]"/],
    ['a.m', 'V{k}.gt_frame = [1:3];', /a\.m: .*\{end\+1\}.* but \{k\} came/],
    ['a.m', 'V{2}.gt_frame = []; V{2}.gt_frame = [];', /\{2\} came/],
    ['a.m', 'V{1}.gt_frame = []; V{3}.gt_frame = [];', /of videos 1 to 3 .* of video 2 none came/],
    ['a.mat', matBytes({ gt: [{ shape: [2, 1], data: [1, 6] }] }), /a\.mat: .*of 1 came/],
    [
      'a.mat',
      matBytes({
        gt: [
          { shape: [2, 1], data: [2, 3] },
          { shape: [3, 2], data: [1, 2, 4, 1, 2, 4] },
        ],
      }),
      /a\.mat: .*in cell 2, but numbers of 3×2 came/,
    ],
    ['a.npy', npyBytes(new Uint8Array(10), [10]), /a\.npy: 9 labels .* but 10 came/],
    ['a.npy', npyBytes(new Uint8Array(9), [3, 3]), /a\.npy: .*3×3/],
    ['a.npy', npyBytes(new Uint8Array(9).fill(2), [9]), /a\.npy: .*label 0 is 2/],
    [
      'a.csv',
      ['clip,frame,label', ...table.slice(1)].join('\n'),
      /a\.csv: frame 0 .*01 has no label/,
    ],
    ['a.csv', ['clip,frame,label', ...table, '2,4,1'].join('\n'), /row 11, video 2: .*0 to 3.*"4"/],
    ['a.csv', ['clip,frame,label', ...table, '2,3,1'].join('\n'), /row 11, .*has a label already/],
    ['a.csv', ['clip,frame,label', '1,0,yes'].join('\n'), /row 2, .*"yes"/],
    ['a.csv', table.join('\n'), /a\.csv: a first row with clip, frame, label/],
    ['a.csv', 'clip,frame,label\n"1,0,1', /a\.csv: a table with one row a line/],
    ['a.txt', '0 1', /a\.txt: labels are read from \.m, \.mat/],
  ])('%s, %#', async (file, content, message) => {
    await expect(read(file, content)).rejects.toThrow(message);
  });
});
