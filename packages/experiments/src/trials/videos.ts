// Test videos: their scored frames together, and which of their pixels are anomalous.

import {
  type ImageTestSet,
  type LabelledDataset,
  type MaskOf,
  type VideoTestSet,
  frameOf,
} from '@memae/datasets';
import { type NdArray, ndarray, sizeOf } from '@memae/graph';
import { type Video, groupByVideo } from '@memae/metrics';
import type { ScoredDataset } from '@memae/training';

/** Videos in the order of their first frames. */
export function videosOf({ keys, ...scored }: ScoredDataset): Video[] {
  return groupByVideo(
    keys.map((key) => frameOf(key).video),
    scored,
  );
}

/** Masks of a test set, of videos a video's at a time; `undefined` where it has none. */
export function masksOf(test: LabelledDataset): MaskOf | undefined {
  if ('maskOf' in test) return (test as ImageTestSet).maskOf;
  const videos = 'videos' in test ? (test as VideoTestSet).videos : [];
  if (videos.every(({ masks }) => masks === undefined)) return undefined;
  let last: { readonly name: string; readonly masks: Promise<NdArray<'uint8'>> } | undefined;
  return async (key) => {
    const { video: name, frame } = frameOf(key);
    if (last?.name !== name) {
      const masks = videos.find((video) => video.name === name)?.masks?.();
      last = masks && { name, masks };
    }
    if (last === undefined) return undefined;
    const { data, shape } = await last.masks;
    const size = sizeOf(shape.slice(1));
    return ndarray(data.slice(frame * size, (frame + 1) * size), shape.slice(1));
  };
}

/** The frame [channels, height, width] that a clip [channels, frames, height, width] stands for; a picture as it is. */
export function middleFrame({ data, shape }: NdArray): NdArray {
  if (shape.length < 4) return ndarray(data, shape);
  const [channels = 1, frames = 1, height = 1, width = 1] = shape;
  const size = height * width;
  const frame = new Float32Array(channels * size);
  for (let c = 0; c < channels; c += 1) {
    const from = (c * frames + Math.floor(frames / 2)) * size;
    frame.set(data.subarray(from, from + size), c * size);
  }
  return ndarray(frame, [channels, height, width]);
}
