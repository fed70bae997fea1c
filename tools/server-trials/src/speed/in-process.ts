// The model called without any server, in a process of its own: asked by messages, one measurement at a time.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openOnnx, silenceTelemetry } from '@memae/backend/ort';
import { createRandom } from '@memae/graph';
import { openModel } from '../model.ts';
import { quantile } from '../trial.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Speed } from './wrk.ts';

export interface Question {
  /** onnxruntime-node alone, or as our scoring calls it. */
  readonly by: 'bare' | 'ours';
  readonly folder: string;
  readonly batch: number;
  readonly threads: number;
  readonly seconds: number;
}

silenceTelemetry();
const opened = new Map<string, () => Promise<unknown>>();

process.on('message', (question: Question) => {
  void answer(question).then((speed) => process.send?.(speed));
});

async function answer({ seconds, ...question }: Question): Promise<Speed> {
  const key = JSON.stringify(question);
  const step = opened.get(key) ?? (await prepare(question));
  opened.set(key, step);
  const taken: number[] = [];
  const before = process.cpuUsage();
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    const start = performance.now();
    await step();
    taken.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const rate = (1000 * taken.length) / (performance.now() - began);
  return {
    rate,
    p50: quantile(taken, 0.5),
    p99: quantile(taken, 0.99),
    cpu: (user + system) / 1000 / taken.length,
  };
}

async function prepare({ by, folder, batch, threads }: Omit<Question, 'seconds'>) {
  const model = await openModel(folder);
  const samples = model.draw(batch, createRandom(1));
  const bytes = await readFile(join(folder, 'model.onnx'));
  if (by === 'ours') {
    const executable = await openOnnx(bytes, { threads });
    const step = () => executable.run({ samples }, ['score']);
    await step();
    return step;
  }
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: threads });
  const tensor = new Tensor(samples.dtype, samples.data, samples.shape);
  const step = () => session.run({ samples: tensor }, ['score']);
  await step();
  return step;
}
