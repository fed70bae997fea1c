// One engine's side of the bench: answers one JSON request a line on stdin with one JSON line on stdout, as
// torch_bench.py does.

import { createInterface } from 'node:readline';
import { type Backend, openBackend } from '@memae/backend';
import { ortBackend, silenceTelemetry } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { tfjsBackends } from '@memae/backend/tfjs';
import { MemaeError, type NdArray } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Case, titleOf } from './cases.ts';
import { randomSamples, scoringProgram, trainingProgram } from './models.ts';
import type { Request, Side } from './sides.ts';

type Step = () => Promise<unknown>;

silenceTelemetry();
const [, , engine = 'ort'] = process.argv;
const steps = new Map<string, Step>();
let backend: Backend | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line) as Request)));
}

async function answer(request: Request): ReturnType<Side['measure']> {
  try {
    const step = steps.get(titleOf(request)) ?? (await prepare(request));
    steps.set(titleOf(request), step);
    const milliseconds: number[] = [];
    for (let i = 0; i < request.steps; i += 1) {
      const start = performance.now();
      await step();
      milliseconds.push(performance.now() - start);
    }
    return { milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 };
  } catch (error) {
    if (error instanceof MemaeError) return { refused: error.message };
    throw error;
  }
}

async function prepare({ mode, shape, batch, threads }: Request): Promise<Step> {
  const samples = randomSamples(shape, batch);
  if (engine === 'bare') return bare({ mode, shape, batch }, { samples, threads });
  backend ??= await open(threads);
  const program = mode === 'train' ? trainingProgram(shape) : scoringProgram(shape);
  const executable = await backend.compile(program);
  return () => executable.run({ samples });
}

/** The exported model in a session of its own, nothing of ours around it. */
async function bare(
  { mode, shape }: Case,
  { samples, threads }: { readonly samples: NdArray; readonly threads: number },
): Promise<Step> {
  if (mode === 'train') throw new MemaeError('BENCH_NO_TRAINING', 'an exported model only scores');
  const session = await InferenceSession.create(encodeOnnx(scoringProgram(shape)), {
    intraOpNumThreads: threads,
  });
  const feeds = { samples: new Tensor('float32', samples.data, samples.shape) };
  return () => session.run(feeds);
}

function open(threads: number): Promise<Backend> {
  const engines = [ortBackend({ threads }), ...tfjsBackends({ threads }), referenceBackend];
  const asked = engines.find(({ id }) => id === engine);
  return openBackend(engines, asked?.id);
}
