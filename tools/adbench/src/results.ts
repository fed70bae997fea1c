// What came of a table, a method and a seed: a line of JSON each, so that a run that was stopped goes on where it was.

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import type { RawOptions } from '@memae/training';

/** What was measured; two are the same where all of it is. */
export interface Trial {
  readonly table: string;
  readonly method: string;
  readonly seed: number;
  /** At most so many normal rows, drawn at random. */
  readonly limit: number;
  /** Over the method's defaults. */
  readonly options: RawOptions;
}

export interface Result extends Trial {
  readonly rows: Readonly<Record<'train' | 'normal' | 'anomalous', number>>;
  readonly auroc: number;
  /** Average precision. */
  readonly aupr: number;
  /** Of training and scoring. */
  readonly seconds: number;
}

/** The lines of a file; none where there is no file. A last line that was cut short is taken off. */
export async function readResults(file: string): Promise<readonly Result[]> {
  await appendFile(file, '');
  const text = await readFile(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) await writeFile(file, whole);
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Result);
}

export async function addResult(file: string, result: Result): Promise<void> {
  await appendFile(file, `${JSON.stringify(result)}\n`);
}

export function keyOf({ table, method, seed, limit, options }: Trial): string {
  return JSON.stringify([table, method, seed, limit, Object.entries(options).sort()]);
}
