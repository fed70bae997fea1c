// Each table, seed and method in turn, all methods on the same rows.

import { join } from 'node:path';
import { architectures } from '@memae/architectures';
import type { Backend } from '@memae/backend';
import { createRandom } from '@memae/graph';
import { averagePrecision, rocAuc } from '@memae/metrics';
import type { AnyDetectorPlugin, RawOptions } from '@memae/training';
import { drawRows } from './draw-rows.ts';
import { type Python, isPythonMethod, pythonMethods } from './python.ts';
import { readAdbench } from './read-adbench.ts';
import { type Result, type Trial, addResult, keyOf, readResults } from './results.ts';
import { scoreTable } from './score-table.ts';

export interface MeasureOptions {
  /** Where `<table>.npz` are. */
  readonly folder: string;
  readonly tables: readonly string[];
  /** Ours, and Python's. */
  readonly methods: readonly string[];
  /** 1 … seeds. */
  readonly seeds: number;
  /** At most so many normal rows of a table. */
  readonly limit: number;
  /** Of ours, over their defaults. */
  readonly options: RawOptions;
  readonly backend: Backend;
  readonly python: Python;
  /** In milliseconds. */
  readonly clock: () => number;
  readonly onResult?: (result: Result) => void;
}

/** The trials of a run, in order; all of them, and each with what it came to where the file has it already. */
export async function measureTables(
  file: string,
  options: MeasureOptions,
): Promise<readonly Result[]> {
  const { folder, tables, methods, seeds, limit, backend, python, clock, onResult } = options;
  const known = new Map((await readResults(file)).map((result) => [keyOf(result), result]));
  const results: Result[] = [];
  for (const name of tables) {
    const labelled = await readAdbench(folder, name);
    for (let seed = 1; seed <= seeds; seed += 1) {
      const random = createRandom(seed).fork(name);
      const rows = drawRows(labelled, { random: random.fork('rows'), limit });
      for (const id of methods) {
        const method = isPythonMethod(id) ? id : ourMethod(id);
        const settings = isPythonMethod(id) ? {} : options.options;
        const trial: Trial = { table: name, method: id, seed, limit, options: settings };
        const before = known.get(keyOf(trial));
        if (before !== undefined) {
          results.push(before);
          continue;
        }
        const started = clock();
        const { normal, anomalous } =
          typeof method === 'string'
            ? await python.score(join(folder, `${name}.npz`), { method, seed, rows })
            : await scoreTable(
                { table: labelled.table, rows },
                { method, options: settings, backend, random: random.fork('fit') },
              );
        const seconds = (clock() - started) / 1000;
        const scores = [...normal, ...anomalous];
        const labels = [...normal.map(() => 0), ...anomalous.map(() => 1)];
        const result: Result = {
          ...trial,
          rows: {
            train: rows.train.length,
            normal: normal.length,
            anomalous: anomalous.length,
          },
          auroc: rocAuc(scores, labels),
          aupr: averagePrecision(scores, labels),
          seconds,
        };
        await addResult(file, result);
        results.push(result);
        onResult?.(result);
      }
    }
  }
  return results;
}

function ourMethod(id: string): AnyDetectorPlugin {
  const found = architectures.find((each) => each.id === id);
  if (found !== undefined) return found;
  const known = [...architectures.map((each) => each.id), ...pythonMethods].join(', ');
  throw new Error(`There is no method ${id}. Known: ${known}.`);
}
