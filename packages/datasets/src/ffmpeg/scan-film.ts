// A film looked through once, before work starts: how many frames, of what size, shown when; and that all can be decoded.

import { datasetError } from '../error.ts';
import { asTimes, filmInput } from './inputs.ts';
import { type FfmpegOptions, runFfmpeg } from './run-ffmpeg.ts';

/** A video in one file. */
export interface Film {
  /** The name of the file, without its ending. */
  readonly name: string;
  readonly path: string;
  /** Of its frames as they are shown: turned where the film says so. */
  readonly size: readonly [height: number, width: number];
  /** When each frame is shown, in seconds from the first; of variable frame rate, too. */
  readonly times: Float64Array;
}

/**
 * Decodes all frames and keeps none.
 * @throws `DATASET_EMPTY` for no frames, as where it has sound alone; `DATASET_CORRUPT` where one is broken or missing, or where the
 *   file is none of a film; `DATASET_NO_FFMPEG`
 */
export async function scanFilm(
  { name, path }: Pick<Film, 'name' | 'path'>,
  options: FfmpegOptions = {},
): Promise<Film> {
  const times: number[] = [];
  let size: Film['size'] | undefined;
  let rest = '';
  for await (const chunk of runFfmpeg([...filmInput(path), ...asTimes], {
    ...options,
    name: path,
  })) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, width, height] = /^#dimensions 0: (\d+)x(\d+)/.exec(line) ?? [];
      if (width !== undefined) size = [Number(height), Number(width)];
      // stream, dts, pts, duration, size, checksum
      if (!line.startsWith('#')) times.push(Number(line.split(',')[2]) / 1e6);
    }
  }
  const [first] = times;
  if (first === undefined || size === undefined) {
    throw datasetError(
      'DATASET_EMPTY',
      `${path}: a film with frames was expected, but it has none. Leave it out.`,
    );
  }
  return { name, path, size, times: Float64Array.from(times, (time) => time - first) };
}
