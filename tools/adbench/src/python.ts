// Methods of Python's, in one process, asked a table at a time.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DrawnRows } from './draw-rows.ts';
import type { TableScores } from './score-table.ts';

export const pythonMethods = ['isolation-forest', 'pyod-autoencoder'] as const;
export type PythonMethod = (typeof pythonMethods)[number];

export interface Python {
  score(
    file: string,
    request: {
      readonly method: PythonMethod;
      readonly seed: number;
      readonly rows: DrawnRows;
    },
  ): Promise<TableScores>;
  close(): void;
}

/** A Python that has requirements.txt, started when it is first asked. */
export function pythonOf(command: string): Python {
  let started: Started | undefined;
  return {
    score: async (file, { rows: { train, normal, anomalous }, ...request }) => {
      const { child, lines, failed } = (started ??= start(command));
      const test = [...normal, ...anomalous];
      child.stdin.write(`${JSON.stringify({ file, ...request, train: [...train], test })}\n`);
      const answer = await Promise.race([lines.next(), failed]);
      if (answer.done === true) throw new Error(`${command} ended before it answered.`);
      const { scores } = JSON.parse(answer.value) as { readonly scores: readonly number[] };
      return { normal: scores.slice(0, normal.length), anomalous: scores.slice(normal.length) };
    },
    close: () => {
      started?.child.stdin.end();
    },
  };
}

type Started = ReturnType<typeof start>;

function start(command: string) {
  const script = join(import.meta.dirname, '../others.py');
  const child = spawn(command, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
  });
  failed.catch(() => undefined);
  return { child, failed, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

export function isPythonMethod(id: string): id is PythonMethod {
  return pythonMethods.some((each) => each === id);
}
