// Series of NAB (github.com/numenta/NAB): `data/<group>/<name>.csv.gz` with timestamp and value, and the windows around
// anomalies in `labels/combined_windows.json`.

import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface NabSeries {
  readonly name: string;
  readonly times: readonly string[];
  readonly values: readonly number[];
  /** First and last step of each. */
  readonly windows: readonly (readonly [first: number, last: number])[];
  /** Steps that NAB gives to learn from: 15 % of 5,000 at most. */
  readonly probation: number;
}

/** All that are in a folder, in the order of their names. */
export async function readNab(folder: string): Promise<NabSeries[]> {
  const labels = JSON.parse(
    await readFile(join(folder, 'labels', 'combined_windows.json'), 'utf8'),
  ) as Readonly<Record<string, readonly (readonly [string, string])[]>>;
  const found = await readdir(join(folder, 'data'), { recursive: true });
  const paths = found.filter((path) => path.endsWith('.csv.gz')).sort();
  return Promise.all(
    paths.map(async (path) => {
      const text = gunzipSync(await readFile(join(folder, 'data', path))).toString();
      const rows = text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
      const times = rows.map(([time = '']) => time.trim());
      const windows = (labels[path.replace(/\.gz$/, '')] ?? []).map(
        ([first, last]) =>
          [
            times.findIndex((time) => time >= first.slice(0, 19)),
            times.findLastIndex((time) => time <= last.slice(0, 19)),
          ] as const,
      );
      const probation = Math.floor(0.15 * Math.min(rows.length, 5000));
      const values = rows.map(([, value]) => Number(value));
      return { name: basename(path, '.csv.gz'), times, values, windows, probation };
    }),
  );
}
