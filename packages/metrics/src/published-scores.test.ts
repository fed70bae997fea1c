// Frame errors that a published MemAE run left behind (github.com/lyn1874/memAE), measured here. Needs the
// folder oracle/lyn1874-memAE of MEMAE_DATA: plain/NAME.csv (clip, frame_index0, label, recon_error), and as
// that run wrote them, NAME/recons_error_original_1.0_40.npy and NAME/output_original_1.00_40.txt.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { type Video, frameAuroc, groupByVideo } from './index.ts';

const folder = join(process.env['MEMAE_DATA'] ?? '', 'oracle', 'lyn1874-memAE');

function readVideos(name: string): Video[] {
  const lines = readFileSync(join(folder, 'plain', `${name}.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  const rows = lines.slice(1).map((line) => line.split(','));
  return groupByVideo(
    rows.map(([clip = '']) => clip),
    { scores: rows.map((row) => Number(row[3])), labels: rows.map((row) => Number(row[2])) },
  );
}

/** One row of float32 numbers behind a header whose length stands at byte 8. */
function readErrors(name: string): Float32Array {
  const file = readFileSync(join(folder, name, 'recons_error_original_1.0_40.npy'));
  return new Float32Array(Uint8Array.from(file.subarray(10 + file.readUInt16LE(8))).buffer);
}

test.for([
  { name: 'UCSDped2', normalised: 0.93406, raw: 0.6958, videos: 12, frames: 1830 },
  { name: 'Avenue', normalised: 0.809908, raw: 0.8074, videos: 21, frames: 15009 },
])('$name', ({ name, normalised, raw, videos, frames }, context) => {
  if (!existsSync(folder)) {
    context.skip('MEMAE_DATA names no folder that holds oracle/lyn1874-memAE.');
  }
  const read = readVideos(name);
  expect(read).toHaveLength(videos);
  const errors = readErrors(name);
  expect(errors).toHaveLength(frames);
  const inTable = read.flatMap(({ scores }) => Array.from(scores));
  expect(Float32Array.from(inTable)).toEqual(errors);

  const { micro, microNormalised, parts } = frameAuroc(read);
  expect(microNormalised).toBeCloseTo(normalised, 6);
  expect(micro).toBeCloseTo(raw, 4);
  if (name === 'UCSDped2') {
    // Five of its videos are anomalous throughout.
    expect(parts?.throughout).toBeCloseTo(0.9034, 4);
    expect(parts?.others).toBeCloseTo(0.9604, 4);
  }
  const printed = readFileSync(join(folder, name, 'output_original_1.00_40.txt'), 'utf8');
  expect(printed).toContain(`AUC score on data ${name} is ${microNormalised.toFixed(4)}`);
});
