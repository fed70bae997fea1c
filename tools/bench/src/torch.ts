// PyTorch in a process of its own, asked one measurement at a time.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Case } from './cases.ts';

interface Request extends Case {
  readonly steps: number;
  readonly threads: number;
}

interface Measured {
  /** Of each step, in order. */
  readonly milliseconds: number[];
  /** The most memory that its process has held so far. */
  readonly megabytes: number;
}

export interface Torch {
  measure(request: Request): Promise<Measured>;
  close(): void;
}

/** Starts `python`, which must have torch. */
export function startTorch(python: string): Torch {
  const child = spawn(python, [join(import.meta.dirname, '../torch_bench.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    measure: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      if (done === true) throw new Error(`${python} ended; has it torch?`);
      return JSON.parse(value) as Measured;
    },
    close: () => {
      child.stdin.end();
    },
  };
}
