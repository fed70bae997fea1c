// What is compared. Each side computes in a process of its own, asked one measurement at a time.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.ts';

export interface Request extends Case {
  readonly steps: number;
  readonly threads: number;
}

/** What a side answers: figures, or why it cannot. */
type Answer = Measured | { readonly refused: string };

interface Measured {
  /** Of each step, in order. */
  readonly milliseconds: number[];
  /** The most memory that its process has held so far. */
  readonly megabytes: number;
}

export interface Side {
  measure(request: Request): Promise<Answer>;
  close(): void;
}

/** The engines of @memae/backend, the exported model in bare ONNX Runtime, and PyTorch, as a table names them. */
export const labels = {
  ort: 'ort',
  bare: 'bare onnxruntime',
  torch: 'PyTorch',
  tfjs: 'tfjs (native)',
  'tfjs-wasm': 'tfjs (wasm)',
  'tfjs-cpu': 'tfjs (plain)',
  reference: 'reference',
} as const;
export type SideName = keyof typeof labels;
export const sideNames = Object.keys(labels) as SideName[];

/** Starts a side; PyTorch in the Python given. */
export function startSide(name: SideName, python: string): Side {
  const [command, args] =
    name === 'torch'
      ? [python, [join(import.meta.dirname, '../torch_bench.py')]]
      : [
          process.execPath,
          [...process.execArgv, fileURLToPath(import.meta.resolve('./engine.ts')), name],
        ];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    measure: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      if (done === true) throw new Error(`${command} ended before it answered for ${name}.`);
      return JSON.parse(value) as Answer;
    },
    close: () => {
      child.stdin.end();
    },
  };
}
