import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readFrameLabels } from './read-labels.ts';

const videos = [
  { name: '01', frames: 6 },
  { name: 'gate', frames: 4, times: Float64Array.of(0, 0.5, 1, 2) },
];

async function labels(table: string, of: Parameters<typeof readFrameLabels>[1] = videos) {
  const file = join(await temporaryFolder(), 'labels.csv');
  await writeFile(file, table);
  return (await readFrameLabels(file, of)).map((each) => each.join(''));
}

describe('labels as intervals', () => {
  test('frames count from 0, first and last are both in; rows may overlap or be none', async () => {
    expect(await labels('clip,start,end\n1,1,3\n01,2,4\ngate.mp4,0,0\n')).toEqual([
      '011110',
      '1000',
    ]);
    expect(await labels('start,end,clip\n')).toEqual(['000000', '0000']);
  });

  test('a name as it is goes before one that lacks an ending', async () => {
    const dotted = ['cam', 'cam.a', 'cam.c'].map((name) => ({ name, frames: 2 }));
    const table = 'clip,start,end\ncam.c,0,0\ncam.mp4,1,1\n';
    expect(await labels(table, dotted)).toEqual(['01', '00', '10']);
  });

  test('seconds take the frames shown from the start up to the end', async () => {
    expect(await labels('video,start_seconds,end_seconds\ngate,0.5,2\n')).toEqual([
      '000000',
      '0110',
    ]);
    // The last frame is shown as long as the one before.
    expect(await labels('video,start_seconds,end_seconds\ngate,2,3\n')).toEqual(['000000', '0001']);
  });

  test('rows whose label is 0 are normal stretches', async () => {
    expect(await labels('clip,start,end,label\n1,0,5,0\n1,2,3,1\ngate,0,3,0\n')).toEqual([
      '001100',
      '0000',
    ]);
  });

  test.each([
    [
      'another label than 0 and 1',
      'clip,start,end,label\n1,0,1,1\n1,2,3,bike\n',
      /row 3, clip 1: a label is 1 \(anomalous\) or 0 \(normal\), but "bike"/,
    ],
    [
      'an unknown clip',
      'clip,start,end\n1,0,1\n02,0,1\n',
      /row 3: one of the clips 01, gate .* "02"/,
    ],
    [
      'a start after the end',
      'clip,start,end\n1,3,2\n',
      /row 2, clip 1: an end after the start, 3/,
    ],
    ['an end beyond the clip', 'clip,start,end\n1,3,6\n', /row 2, clip 1: frames from 0 to 5 .* 6/],
    [
      'seconds beyond the clip',
      'clip,start_seconds,end_seconds\ngate,0,3.5\n',
      /seconds from 0 to 3 /,
    ],
    ['no numbers', 'clip,start,end\n1,0:10,0:20\n', /whole numbers of frames .*"0:10"/],
    ['negative ones', 'clip,start,end\n1,-1,2\n', /"-1" and "2"/],
    ['fractions of frames', 'clip,start,end\n1,1.5,2\n', /whole numbers/],
    [
      'seconds of a folder of frames',
      'clip,start_seconds,end_seconds\n01,0,1\n',
      /folder of frames/,
    ],
    ['no such column', 'clip,start,until\n1,0,1\n', /a first row with clip, start, end/],
    ['no header', '1,0,1\n', /a first row/],
  ])('%s is refused by name', async (_, table, message) => {
    const read = labels(table);
    await expect(read).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    await expect(labels(table)).rejects.toThrow(message);
  });
});
