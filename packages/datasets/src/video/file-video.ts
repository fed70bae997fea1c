// A video whose frames are files: each decoded once, when it is first wanted, into one piece of memory.

import type { NdArray } from '@memae/graph';
import { datasetError } from '../error.ts';
import { imageMemory, imageReader, imageSize } from '../images/read-images.ts';
import { readBytes } from '../read-bytes.ts';
import type { FrameFiles } from './list-videos.ts';
import type { Video } from './video.ts';

type Size = readonly [height: number, width: number];

export interface FileVideoOptions {
  readonly size: Size;
  /** Whether frames of another size are resized, and not refused. */
  readonly resize: boolean;
  readonly signal?: AbortSignal;
  /** Told how many more frames were decoded. */
  readonly onRead: (count: number) => void;
}

/** Files read at once. */
const atOnce = 16;

/**
 * Frames to be decoded by `read`.
 * @throws in `read`, for good: `DATASET_CORRUPT` naming a frame that is broken or of another size; `DATASET_BAD_OPTION`
 *   for more memory than pictures may take; the signal's reason. In `stored`, by their headers, the frames that are no
 *   pictures or of another size, too: a training asks for all of them before it begins
 */
export function fileVideo({ name, files }: FrameFiles, options: FileVideoOptions): Video {
  const { size, resize, signal, onRead } = options;
  const [height, width] = size;
  let memory: NdArray<'uint8'> | undefined;
  /** What decodes each frame. */
  const decoding: Promise<void>[] = [];

  const refuseOtherSize = (file: string, found: Size): void => {
    if (found[0] === height && found[1] === width) return;
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: frames of ${height}×${width} (height×width) were expected, as the first one is, but ` +
        `${found.join('×')} came. Give a size to resize all to.`,
    );
  };

  const decode = async (frame: number, { data }: NdArray<'uint8'>): Promise<void> => {
    signal?.throwIfAborted();
    const file = files[frame] ?? '';
    const decoder = await imageReader({ ...(resize && { size }), colour: 'grey' });
    const image = await decoder(file);
    refuseOtherSize(file, [image.height, image.width]);
    data.set(image.pixels, frame * height * width);
    onRead(1);
  };

  const checkedBytes = async (file: string): Promise<Uint8Array> => {
    const bytes = await readBytes(file);
    const found = await imageSize({ name: file, bytes });
    if (!resize) refuseOtherSize(file, found);
    return bytes;
  };

  return {
    name,
    frames: files.length,
    read: async ({ from, to } = { from: 0, to: files.length }) => {
      const all = (memory ??= imageMemory([files.length, height, width]));
      // All at once, so that decoding goes on in its own threads while an engine keeps this one.
      const outcomes = await Promise.allSettled(
        Array.from({ length: to - from }, (_, i) => (decoding[from + i] ??= decode(from + i, all))),
      );
      // Of several broken frames the first is named, whichever was found first.
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      return all;
    },
    stored: async function* ({ from, to }) {
      for (let start = from; start < to; start += atOnce) {
        signal?.throwIfAborted();
        const group = files.slice(start, Math.min(start + atOnce, to));
        yield* await Promise.all(group.map(checkedBytes));
      }
    },
  };
}
