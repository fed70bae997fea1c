// ffmpeg's stream of PPM pictures as frames: each says its own size, so nothing need be known of the video before.

import { datasetError } from '../error.ts';

/** A frame in colour, upright. */
export interface RawFrame {
  readonly height: number;
  readonly width: number;
  /** `[height, width, 3]`. */
  readonly pixels: Uint8Array;
}

/**
 * Cuts a stream into frames; a last one that is cut short is left out.
 * @throws `DATASET_CORRUPT` for another stream
 */
export async function* readFrames(
  chunks: AsyncIterable<Buffer>,
  { name }: { readonly name: string },
): AsyncGenerator<RawFrame> {
  let head = '';
  let frame: RawFrame | undefined;
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (frame === undefined) {
        head += String.fromCharCode(chunk[at] ?? 0);
        at += 1;
        frame = frameOf(head);
        if (frame === undefined && head.length > 32) {
          throw datasetError('DATASET_CORRUPT', `${name}: ffmpeg gave no frames, but "${head}".`);
        }
        continue;
      }
      const part = chunk.subarray(at, at + frame.pixels.length - filled);
      frame.pixels.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < frame.pixels.length) continue;
      yield frame;
      [head, frame, filled] = ['', undefined, 0];
    }
  }
}

/** What a PPM's head announces: `P6`, width, height, highest value. */
function frameOf(head: string): RawFrame | undefined {
  const [, width = '', height = ''] = /^P6\n(\d+) (\d+)\n255\n$/.exec(head) ?? [];
  if (width === '') return undefined;
  const [rows, columns] = [Number(height), Number(width)];
  return { height: rows, width: columns, pixels: new Uint8Array(rows * columns * 3) };
}
