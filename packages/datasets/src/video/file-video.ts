// A video whose frames are files: decoded once, all frames into one piece of memory.

import { datasetError } from '../error.ts';
import { readImages } from '../images/read-images.ts';
import type { VideoFiles } from './list-videos.ts';
import type { Video } from './video.ts';

export interface FileVideoOptions {
  readonly size: readonly [height: number, width: number];
  /** Whether frames of another size are resized, and not refused. */
  readonly resize: boolean;
  readonly signal?: AbortSignal;
  /** Told how many more frames were decoded. */
  readonly onRead: (count: number) => void;
}

/** Frames to be decoded by the first `read`, which fails as `readImages`. */
export function fileVideo({ name, files }: VideoFiles, options: FileVideoOptions): Video {
  const { size, resize, signal, onRead } = options;
  const [height, width] = size;
  return {
    name,
    frames: files.length,
    read: once(async () => {
      const { dtype, data, shape } = await readImages(files, {
        ...(resize ? { size } : {}),
        ...(signal === undefined ? {} : { signal }),
        onRead,
      });
      if (dtype !== 'uint8' || shape[2] !== height || shape[3] !== width) {
        throw datasetError(
          'DATASET_CORRUPT',
          `${files[0] ?? name}: frames of ${height}×${width} (height×width) were expected, as in the other ` +
            `videos, but ${String(shape[2])}×${String(shape[3])} came. Give a size to resize all to.`,
        );
      }
      return { dtype, data, shape: [files.length, height, width] };
    }),
  };
}

/** Does something when it is first asked for; later calls get what the first one got, failure included. */
function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= action());
}

/** Height and width of a picture. */
export async function frameSize(file: string): Promise<readonly [height: number, width: number]> {
  const { shape } = await readImages([file]);
  return [shape[2] ?? 0, shape[3] ?? 0];
}
