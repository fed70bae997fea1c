// PyTorch in a process of its own, asked one measurement at a time.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

interface Request {
  readonly shape: string;
  readonly mode: 'train' | 'score';
  readonly batch: number;
  readonly steps: number;
  readonly threads: number;
}

export interface Torch {
  /** Milliseconds of each step, in order. */
  measure(request: Request): Promise<number[]>;
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
      return (JSON.parse(value) as { milliseconds: number[] }).milliseconds;
    },
    close: () => {
      child.stdin.end();
    },
  };
}
