// Training steps and scoring beside PyTorch and bare ONNX Runtime, alternating in one run.
//
//   MEMAE_PYTHON=python-with-torch pnpm bench [--rounds 5] [--steps 20] [--threads 2]
//
// Each round takes a turn of steps on every side; the first step of a turn, which warms caches, is
// left out. The table shows the median of all others, and the ratio of the medians.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ortBackend } from '@memae/backend/ort';
import { encodeOnnx } from '@memae/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ShapeName, randomSamples, scoringProgram, trainingProgram } from './models.ts';
import { startTorch } from './torch.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const threads = Number(values.threads);
const cases = [
  { mode: 'train', shape: 'mnist', batch: 256 },
  { mode: 'train', shape: 'mnist', batch: 64 },
  { mode: 'train', shape: 'kdd', batch: 1024 },
  { mode: 'score', shape: 'mnist', batch: 256 },
  { mode: 'score', shape: 'mnist', batch: 1 },
  { mode: 'score', shape: 'kdd', batch: 1024 },
] as const;

type Case = (typeof cases)[number];
/** Takes so many steps and gives the milliseconds of each. */
type Side = (steps: number) => Promise<number[]>;

const python = process.env['MEMAE_PYTHON'];
const torch = python === undefined ? undefined : startTorch(python);
if (torch === undefined) console.error('MEMAE_PYTHON is not set: PyTorch is left out.');
const backend = await ortBackend({ threads }).open();

console.log(`${backend.description ?? backend.id}; median milliseconds (p10 … p90)`);
console.log('| step | memae | PyTorch | bare onnxruntime | PyTorch / memae | bare / memae |');
console.log('|---|---|---|---|---|---|');
for (const one of cases) {
  const sides: Partial<Record<'memae' | 'torch' | 'bare', Side>> = {
    memae: await memaeSide(one),
    ...(torch === undefined
      ? {}
      : { torch: (count) => torch.measure({ ...one, steps: count, threads }) }),
    ...(one.mode === 'score' ? { bare: await bareSide(one.shape, one.batch) } : {}),
  };
  const taken = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, side] of Object.entries(sides)) {
      const [, ...milliseconds] = await side(steps + 1);
      taken.set(name, [...(taken.get(name) ?? []), ...milliseconds]);
    }
  }
  const cell = (name: string): string => {
    const list = taken.get(name);
    if (list === undefined) return '–';
    const spread = [0.1, 0.9].map((q) => quantile(list, q).toFixed(2)).join(' … ');
    return `${quantile(list, 0.5).toFixed(2)} (${spread})`;
  };
  const ratio = (name: string): string => {
    const [theirs, ours] = [taken.get(name), taken.get('memae')];
    if (theirs === undefined || ours === undefined) return '–';
    return (quantile(theirs, 0.5) / quantile(ours, 0.5)).toFixed(2);
  };
  const title = `${one.mode} ${one.shape}, batch ${one.batch}`;
  console.log(
    `| ${[title, cell('memae'), cell('torch'), cell('bare'), ratio('torch'), ratio('bare')].join(' | ')} |`,
  );
}
torch?.close();

async function memaeSide({ mode, shape, batch }: Case): Promise<Side> {
  const program = mode === 'train' ? trainingProgram(shape) : scoringProgram(shape);
  const executable = await backend.compile(program);
  const samples = randomSamples(shape, batch);
  return timed(() => executable.run({ samples }));
}

/** The exported model in a session of its own, nothing of ours around it. */
async function bareSide(shape: ShapeName, batch: number): Promise<Side> {
  const session = await InferenceSession.create(encodeOnnx(scoringProgram(shape)), {
    intraOpNumThreads: threads,
  });
  const { data, shape: dims } = randomSamples(shape, batch);
  const samples = new Tensor('float32', data, dims);
  return timed(() => session.run({ samples }));
}

function timed(step: () => Promise<unknown>): Side {
  return async (count) => {
    const milliseconds: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const start = performance.now();
      await step();
      milliseconds.push(performance.now() - start);
    }
    return milliseconds;
  };
}

function quantile(list: readonly number[], q: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}
