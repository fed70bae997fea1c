// ffmpeg as a stream of bytes: started without a shell, ended with whoever reads it, and never waited for without end.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { hasCode } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';

export interface FfmpegOptions {
  /** The program; by default the `ffmpeg` of the PATH. */
  readonly ffmpeg?: string;
  /** Ends the program; reading then fails with its reason. */
  readonly signal?: AbortSignal;
  /** Seconds that it may be silent before it is given up; by default 60. */
  readonly patience?: number;
}

/** What it says of what has no frames. */
const noFrames =
  /matches no streams|Cannot determine format of input stream .* after EOF|file:.*: End of file$/;

/** What it says of a Matroska or WebM file that is cut short, though it ends as after a whole one. */
const cutShort = /File ended prematurely/;

/** Errors alone; no questions. */
const always = ['-nostdin', '-hide_banner', '-v', 'error'];

/**
 * What ffmpeg writes to its standard output, as it comes; it waits while nobody reads on.
 * @param options.endless whether it reads a source that is nowhere whole, and may end at any place
 * @throws `DATASET_NO_FFMPEG` where it cannot be started; `DATASET_EMPTY` for no frames; `DATASET_CORRUPT` with the last lines that it said, where it fails or
 *   stays silent; the signal's reason
 */
export async function* runFfmpeg(
  args: readonly string[],
  {
    name,
    endless = false,
    ...options
  }: FfmpegOptions & { readonly name: string; readonly endless?: boolean },
): AsyncGenerator<Buffer> {
  const { ffmpeg = 'ffmpeg', signal, patience = 60 } = options;
  signal?.throwIfAborted();
  const child = spawn(ffmpeg, [...always, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: Ctrl-C is ours to answer, and what it may have started ends with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const ended = once(child, 'close');
  try {
    await once(child, 'spawn');
  } catch (error) {
    ended.catch(() => undefined);
    throw missing(ffmpeg, error);
  }

  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4096);
  });
  const stop = (): void => {
    kill(child);
    child.stdout.destroy();
    child.stderr.destroy();
  };
  let [waiting, late] = [true, false];
  const watch = setInterval(() => {
    late = waiting;
    if (late) stop();
  }, patience * 1000);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of child.stdout) {
      waiting = false;
      yield chunk as Buffer;
      waiting = true;
      watch.refresh();
    }
    const [status] = (await ended) as [number | null];
    const failed = status !== 0 || (!endless && cutShort.test(said));
    if (failed) throw new Error(lastLines(said) || `it ended with status ${String(status)}`);
  } catch (error) {
    signal?.throwIfAborted();
    const reason = late ? `it said nothing for ${patience} s` : reasonOf(error);
    if (noFrames.test(reason)) {
      throw datasetError(
        'DATASET_EMPTY',
        `${name}: a film with frames was expected, but it has none, only sound or nothing at all. Leave it out.`,
        error,
      );
    }
    throw datasetError('DATASET_CORRUPT', `${name}: reading it by ffmpeg failed: ${reason}`, error);
  } finally {
    clearInterval(watch);
    signal?.removeEventListener('abort', stop);
    stop();
    await ended;
  }
}

function missing(ffmpeg: string, cause: unknown): Error {
  const reason = hasCode(cause, 'ENOENT') ? 'there is none' : reasonOf(cause);
  return datasetError(
    'DATASET_NO_FFMPEG',
    `Video files and live sources are read by the program ffmpeg (5.1 or later), but starting "${ffmpeg}" failed: ${reason}. ` +
      'Install the package ffmpeg (Debian, Ubuntu: apt-get install ffmpeg; Fedora: dnf install ffmpeg-free; macOS: brew ' +
      'install ffmpeg; Windows: winget install Gyan.FFmpeg), or name the program by MEMAE_FFMPEG.',
    cause,
  );
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It has just ended by itself.
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** At most three, without names of objects in memory and of those who have an account. */
function lastLines(said: string): string {
  const lines = said.split('\n').map((line) =>
    line
      .replace(/ @ 0x[0-9a-f]+/g, '')
      .replace(/\/\/[^/\s]*@/g, '//')
      .trim(),
  );
  return lines.filter(Boolean).slice(-3).join('; ');
}
