// A series scored step by step: a method fitted on the windows of its probationary rows, or IsolationForest on the same.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Backend } from '@memae/backend';
import { batchFor, seriesRows, tableFileSplit } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { stepOutputs, stepScores } from '@memae/scoring';
import type { AnyDetectorPlugin, RawOptions } from '@memae/training';
import type { NabSeries } from './read-nab.ts';

interface ScoreOptions {
  readonly window: number;
  readonly seed: number;
}

/** Of each step. */
export type ScoreSeries = (series: NabSeries, options: ScoreOptions) => Promise<Float32Array>;

/** By a method of the library. */
export function byMethod(
  method: AnyDetectorPlugin,
  {
    backend,
    folder,
    options,
  }: { readonly backend: Backend; readonly folder: string; readonly options: RawOptions },
): ScoreSeries {
  return async ({ name, times, values, probation }, { window, seed }) => {
    const write = async (part: string, length: number): Promise<string> => {
      const path = join(folder, `${name}-${part}.csv`);
      const lines = times.slice(0, length).map((time, i) => `${time},${values[i] ?? ''}`);
      await writeFile(path, `time,value\n${lines.join('\n')}\n`);
      return path;
    };
    const series = { window, time: 'time' };
    const random = createRandom(seed);
    const split = await tableFileSplit(await write('first', probation), {
      ...{ random: random.fork('split'), series },
    });
    const { schema, train, validation } = split;
    const detector = await method
      .createFrom(method.resolve(options))
      .fit(train, { backend, random: random.fork('fit'), validation });
    const { program } = detector;
    const wanted = Object.entries(program.outputs).filter(([each]) => stepOutputs.includes(each));
    const executable = await backend.compile({
      ...program,
      outputs: Object.fromEntries(wanted),
    });
    const windows = await seriesRows(await write('all', times.length), { series, schema });
    async function* answered() {
      for await (const batch of windows.batches({ size: batchFor(windows.sampleShape) })) {
        yield { batch, answers: await executable.run({ samples: batch.samples }) };
      }
    }
    const scores: number[] = [];
    for await (const steps of stepScores(answered(), { window })) scores.push(...steps.scores);
    await executable[Symbol.asyncDispose]();
    await detector[Symbol.asyncDispose]();
    return Float32Array.from(scores);
  };
}

/** By scikit-learn, in a Python that has it. */
export function byForest(python: string): {
  readonly score: ScoreSeries;
  readonly end: () => void;
} {
  const script = join(import.meta.dirname, '..', 'isolation_forest.py');
  let child: ChildProcess | undefined;
  let answers: NodeJS.AsyncIterator<string> | undefined;
  return {
    score: async ({ values, probation }, { window, seed }) => {
      child ??= spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
      const { stdin, stdout } = child;
      if (stdin === null || stdout === null) throw new Error(`${python} has no streams.`);
      answers ??= createInterface({ input: stdout })[Symbol.asyncIterator]();
      if (!stdin.write(`${JSON.stringify({ values, window, seed, first: probation })}\n`)) {
        await once(stdin, 'drain');
      }
      const answer: IteratorResult<string, undefined> = await answers.next();
      if (answer.done === true)
        throw new Error(`${python} gave no answer: it needs numpy and scikit-learn.`);
      return Float32Array.from(JSON.parse(answer.value) as number[]);
    },
    end: () => child?.stdin?.end(),
  };
}
