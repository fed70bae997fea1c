// For tests: films, written by the ffmpeg that is here.

import { execFileSync } from 'node:child_process';

/** Why tests of films are skipped, where they are. */
export const noFfmpeg = missing();

function missing(): string | undefined {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'needs the program ffmpeg (apt-get install ffmpeg)';
  }
}

/** Runs ffmpeg as its command line has it, words apart by spaces. */
export function ffmpeg(line: string): void {
  const args = ['-nostdin', '-v', 'error', '-y', ...line.split(' ')];
  execFileSync('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
