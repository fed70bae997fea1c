// A live source as frames, sized and greyed as those of files: as fast as they come, without end, in bounded memory.

import { setTimeout as sleep } from 'node:timers/promises';
import { datasetError, reasonOf } from '../error.ts';
import { asFrames, liveInput } from '../ffmpeg/inputs.ts';
import { readFrames } from '../ffmpeg/read-frames.ts';
import { type FfmpegOptions, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { imageReader } from '../images/read-images.ts';
import type { StreamFrame } from './clip-stream.ts';
import { type FrameQueue, frameQueue } from './frame-queue.ts';

/** A frame and when it came. */
export interface LiveFrame extends StreamFrame {
  /** Seconds from the start. */
  readonly seconds: number;
}

/** What happened beside frames. */
export type LiveEvent =
  /** Frames let go because they came faster than they were taken. */
  | { readonly kind: 'dropped'; readonly frames: number }
  /** The connection broke; it is tried again after so many seconds. */
  | { readonly kind: 'lost'; readonly reason: string; readonly wait: number };

export interface LiveOptions extends FfmpegOptions {
  /** Height and width that frames are resized to. */
  readonly size: readonly [height: number, width: number];
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** Where relative paths start. */
  readonly cwd?: string;
  /** Ends after so many frames. */
  readonly frames?: number;
  /** Ends with the first frame after so many seconds. */
  readonly duration?: number;
  /** Plays a file or a drawing at its own pace, as a camera would; otherwise it waits until its frames are taken. */
  readonly realtime?: boolean;
  /** How often in a row a network source that is lost is tried again, after 1, 2, 4 … 30 seconds; by default never. */
  readonly reconnect?: number;
  /** Frames that may wait; by default 128. */
  readonly buffer?: number;
  /** Frames handed out at once, at most; by default 16. */
  readonly most?: number;
  readonly onEvent?: (event: LiveEvent) => void;
}

/**
 * Frames of a source as `liveInput` knows them, those that wait together. Numbers are missing where frames were let go or the
 * connection was lost. An abort of the signal ends it without an error, and
 * without the frames that wait.
 * @throws `DATASET_NO_FFMPEG`; `DATASET_BAD_OPTION` for an address of another kind; `DATASET_CORRUPT` where the source cannot be
 *   opened, breaks or stays silent, and `DATASET_EMPTY` where it ends without a frame
 */
export async function* liveFrames(
  source: string,
  options: LiveOptions,
): AsyncGenerator<readonly LiveFrame[]> {
  const { buffer = 128, most = 16, onEvent } = options;
  const { paced } = liveInput(source, options);
  const queue = frameQueue<LiveFrame>({
    limit: buffer,
    ...(paced && { onDropped: (frames) => onEvent?.({ kind: 'dropped', frames }) }),
  });
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const producing = produce(source, { queue, options: { ...options, signal } }).finally(() => {
    queue.end();
  });
  // What fails is told once the frames before it are taken.
  producing.catch(() => undefined);
  try {
    for (;;) {
      const group = await queue.take(most);
      if (options.signal?.aborted === true) return;
      if (group === undefined) break;
      yield group;
    }
    await producing;
  } finally {
    stop.abort();
    queue.end();
    await producing.catch(() => undefined);
  }
}

interface Producing {
  readonly queue: FrameQueue<LiveFrame>;
  readonly options: LiveOptions & { readonly signal: AbortSignal };
}

async function produce(source: string, { queue, options }: Producing): Promise<void> {
  const { size, clock, signal, onEvent } = options;
  const { frames = Infinity, duration = Infinity, reconnect = 0 } = options;
  const { args, network } = liveInput(source, options);
  const name = source.replace(/\/\/[^/]*@/, '//');
  const read = await imageReader({ size, colour: 'grey' });
  const began = clock();
  let index = 0;
  let count = 0;
  for (let tries = 0; ; tries += 1) {
    let reason = 'it ended';
    try {
      const chunks = runFfmpeg([...args, ...asFrames], { ...options, name, endless: network });
      for await (const { pixels: bytes, ...raw } of readFrames(chunks, { name })) {
        const seconds = (clock() - began) / 1000;
        if (seconds > duration) return;
        const { pixels } = await read({ name, bytes, raw });
        await queue.push({ index, seconds, pixels });
        [index, count, tries] = [index + 1, count + 1, 0];
        if (count >= frames) return;
      }
      if (!network || tries >= reconnect) {
        if (count > 0) return;
        throw datasetError('DATASET_EMPTY', `${name}: frames were expected, but none came.`);
      }
    } catch (error) {
      if (!network || signal.aborted || tries >= reconnect) throw error;
      reason = reasonOf(error);
    }
    const wait = Math.min(30, 2 ** tries);
    onEvent?.({ kind: 'lost', reason, wait });
    // A number without a frame: no clip goes across.
    index += 1;
    await sleep(wait * 1000, undefined, { signal });
  }
}
