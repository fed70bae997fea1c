import { ndarray } from '@memae/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { clipDataset, whole } from './clip-dataset.ts';
import { type StreamFrame, clipStream } from './clip-stream.ts';

const frameOf = (index: number): StreamFrame => ({ index, pixels: Uint8Array.of(index) });

function streamed(indices: readonly number[], clips: { frames: number; dilation: number }) {
  const stream = clipStream(clips);
  const cut = indices.flatMap((index) => stream.push(frameOf(index)));
  return [...cut, ...stream.end()].map(({ frame, samples }) => [frame.index, [...samples]]);
}

test('a stream has the clips that a file of the same frames has', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
      async (length, frames, dilation) => {
        const data = Uint8Array.from({ length }, (_, i) => i);
        const video = {
          name: 'v',
          frames: length,
          read: () => Promise.resolve(ndarray(data, [length, 1, 1])),
        };
        const [batch] = await collect(
          clipDataset({
            name: 'v',
            prefix: 'p',
            size: [1, 1],
            stretches: [whole(video)],
            clips: { frames, dilation, stride: 1, ends: 'repeat' },
          }).batches({ size: length }),
        );
        const clips = streamed([...data], { frames, dilation });
        expect(clips.map(([index]) => index)).toEqual([...data]);
        expect(clips.flatMap(([, samples]) => samples)).toEqual(
          Array.from(batch?.samples.data ?? []),
        );
      },
    ),
  );
});

test('a clip comes as soon as its last frame does, and none spans a gap', () => {
  const stream = clipStream({ frames: 4, dilation: 1 });
  // The clip of frame i holds the frames i − 2 to i + 1.
  expect(stream.push(frameOf(0))).toEqual([]);
  expect(stream.push(frameOf(1)).map(({ frame }) => frame.index)).toEqual([0]);
  const clips = streamed([0, 1, 2, 7, 8], { frames: 4, dilation: 1 });
  expect(clips).toEqual([
    [0, [0, 0, 0, 1]],
    [1, [0, 0, 1, 2]],
    [2, [0, 1, 2, 2]],
    [7, [7, 7, 7, 8]],
    [8, [7, 7, 8, 8]],
  ]);
});
