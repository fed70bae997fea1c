// Clips as samples: cut from the frames' bytes when a batch wants them, so that memory stays near the frames' own
// size however many clips overlap. Frames are decoded as batches come to need them, those of the next batch while the
// present one is used.

import { createHash } from 'node:crypto';
import { type NdArray, type Shape, ndarray, sizeOf } from '@memae/graph';
import type { Batch, Dataset, LabelledBatch } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { indexedDataset } from '../indexed-dataset.ts';
import { oneAhead } from '../one-ahead.ts';
import { type Clips, countClips, leadOf, spanOf, startOf } from './clips.ts';
import {
  type FrameRange,
  type TestVideo,
  type Video,
  type VideoTestSet,
  frameKey,
} from './video.ts';

/** Some frames of a video. */
export interface Stretch<V extends Video = Video> extends FrameRange {
  readonly video: V;
}

export interface ClipSource<V extends Video> {
  readonly name: string;
  /** Begins the keys. */
  readonly prefix: string;
  /** Height and width of the frames. */
  readonly size: readonly [height: number, width: number];
  readonly stretches: readonly Stretch<V>[];
  readonly clips: Clips;
}

/** All of a video. */
export function whole<V extends Video>(video: V): Stretch<V> {
  return { video, from: 0, to: video.frames };
}

/**
 * Samples `[1, frames, height, width]`, bytes, without labels.
 * @throws `DATASET_EMPTY` for no videos, and naming one with fewer frames than a clip needs.
 */
export function clipDataset(source: ClipSource<Video>): Dataset<'video'> {
  if (source.stretches.length === 0) {
    throw datasetError('DATASET_EMPTY', `${source.name}: no videos came.`);
  }
  return cut(source, (batch) => batch);
}

/**
 * The same with the label of the frame that each clip stands for; of no videos, too.
 * @throws as `clipDataset`.
 */
export function clipTestSet(source: ClipSource<TestVideo>): VideoTestSet {
  const clips = cut<TestVideo, LabelledBatch>(source, (batch, places) => ({
    ...batch,
    labels: Uint8Array.from(places, ({ video, middle }) => video.labels[middle] ?? 0),
  }));
  return {
    ...clips,
    ends: source.clips.ends,
    videos: source.stretches.map(({ video }) => video),
  };
}

/** Where a clip lies. */
interface Place<V extends Video> extends Stretch<V> {
  /** Its first frame; before `from` where the ends repeat. */
  readonly start: number;
  /** The frame it stands for. */
  readonly middle: number;
}

function cut<V extends Video, B extends Batch>(
  source: ClipSource<V>,
  complete: (batch: Batch, places: readonly Place<V>[]) => B,
): Dataset<'video', B> {
  const { name, prefix, size, stretches, clips } = source;
  const ends: number[] = [];
  let length = 0;
  for (const { video, from, to } of stretches) {
    const count = countClips(to - from, clips);
    if (count === 0) {
      throw datasetError(
        'DATASET_EMPTY',
        `${name}, video ${video.name}: a clip spans ${spanOf(clips)} frames, but there are ${to - from}. ` +
          'Leave that video out, or ask for clips of fewer frames.',
      );
    }
    ends.push((length += count));
  }
  const placeOf = (index: number): Place<V> => {
    const which = firstAbove(ends, index);
    const stretch = stretches[which] as Stretch<V>;
    const start = stretch.from + startOf(index - (ends[which - 1] ?? 0), clips);
    return { ...stretch, start, middle: start + leadOf(clips) };
  };

  const sampleShape: Shape = [1, clips.frames, ...size];
  let identity: string | undefined;
  const dataset = indexedDataset<'video', B>({
    name,
    modality: 'video',
    sampleShape,
    dtype: 'uint8',
    length,
    read: async (picked) => {
      const places = Array.from(picked, placeOf);
      const data = new Uint8Array(places.length * sizeOf(sampleShape));
      await Promise.all(
        places.map(async (place, sample) => {
          const pixels = await place.video.read(framesOf(place, clips));
          copyClip(pixels, place, { clips, to: data, sample });
        }),
      );
      const batch: Batch = {
        samples: ndarray(data, [places.length, ...sampleShape]),
        keys: places.map(({ video, middle }) => frameKey(prefix, video.name, { frame: middle })),
      };
      return complete(batch, places);
    },
  });
  return {
    ...dataset,
    batches: (options) => oneAhead(dataset.batches(options)),
    fingerprint: async () => (identity ??= await identityOf(source)),
  };
}

/** Each frame is hashed once, as it is stored, though most are in as many clips as a clip has frames. */
async function identityOf({ size, stretches, clips }: ClipSource<Video>): Promise<string> {
  const { frames, dilation, stride, ends } = clips;
  const hash = createHash('sha256');
  const lengths = stretches.map(({ from, to }) => to - from);
  hash.update(`clips ${JSON.stringify([frames, dilation, stride, ends, size, lengths])}\n`);
  for (const { video, from, to } of stretches) {
    if (video.stored === undefined) {
      const { data } = await video.read({ from, to });
      hash.update(data.subarray(from * sizeOf(size), to * sizeOf(size)));
      continue;
    }
    for await (const frame of video.stored({ from, to })) {
      hash.update(`${frame.length}\n`).update(frame);
    }
  }
  return hash.digest('hex');
}

/** From a clip's first frame to its last, those that there are. */
function framesOf({ start, from, to }: Place<Video>, clips: Clips): FrameRange {
  return { from: Math.max(from, start), to: Math.min(start + spanOf(clips), to) };
}

function copyClip(
  { data, shape }: NdArray<'uint8'>,
  { start, from, to: end }: Place<Video>,
  {
    clips,
    to,
    sample,
  }: { readonly clips: Clips; readonly to: Uint8Array; readonly sample: number },
): void {
  const size = sizeOf(shape.slice(1));
  for (let i = 0; i < clips.frames; i += 1) {
    const frame = Math.max(from, Math.min(start + i * clips.dilation, end - 1));
    to.set(data.subarray(frame * size, (frame + 1) * size), (sample * clips.frames + i) * size);
  }
}

/** The index of the first of ascending numbers that is above `value`. */
function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
