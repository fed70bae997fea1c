// Training steps and scoring beside PyTorch and bare ONNX Runtime, alternating in one run.
//
//   MEMAE_PYTHON=python-with-torch pnpm bench [--only video] [--rounds 5] [--steps 20] [--threads 2]
//
// Each round takes a turn of steps on every side, fewer where they are slow; the first step of a turn,
// which warms caches, is left out. The table shows the median of all others, the ratio of the medians,
// and the most memory that a process of its own holds for each side. `--only` names rows by any part
// of their title.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ortBackend } from '@memae/backend/ort';
import { encodeOnnx } from '@memae/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Case, cases, titleOf } from './cases.ts';
import { ourMemory, torchMemory } from './memory.ts';
import { randomSamples, scoringProgram, trainingProgram } from './models.ts';
import { startTorch } from './torch.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const threads = Number(values.threads);
const chosen = cases.filter((one) => titleOf(one).includes(values.only));

/** Takes so many steps and gives the milliseconds of each. */
type Side = (steps: number) => Promise<number[]>;
type SideName = 'memae' | 'torch' | 'bare';

const python = process.env['MEMAE_PYTHON'];
const torch = python === undefined ? undefined : startTorch(python);
if (torch === undefined) console.error('MEMAE_PYTHON is not set: PyTorch is left out.');
const backend = await ortBackend({ threads }).open();

console.log(`${backend.description ?? backend.id}; median milliseconds (p10 … p90), megabytes`);
printRow([
  'step',
  'memae',
  'PyTorch',
  'bare onnxruntime',
  'PyTorch / memae',
  'bare / memae',
  'MB memae',
  'MB PyTorch',
]);
printRow(Array.from({ length: 8 }, () => '---'));
const medians = new Map<string, ReadonlyMap<SideName, number>>();
for (const one of chosen) {
  const taken = await takenBySides(one);
  const [memae, theirs, bare] = (['memae', 'torch', 'bare'] as const).map((name) =>
    taken.get(name),
  );
  medians.set(
    one.mode === 'score' ? one.shape : titleOf(one),
    new Map([...taken].map(([name, list]) => [name, quantile(list, 0.5)])),
  );
  const ours = await ourMemory(one, threads);
  const pytorch = python === undefined ? undefined : await torchMemory(python, { ...one, threads });
  printRow([
    titleOf(one),
    spread(memae),
    spread(theirs),
    spread(bare),
    ratio(theirs, memae),
    ratio(bare, memae),
    ours.toFixed(0),
    pytorch?.toFixed(0) ?? '–',
  ]);
}
printFrames();
torch?.close();

async function takenBySides(one: (typeof cases)[number]): Promise<Map<SideName, number[]>> {
  const sides: Partial<Record<SideName, Side>> = {
    memae: await memaeSide(one),
    ...(torch && {
      torch: async (count) => (await torch.measure({ ...one, steps: count, threads })).milliseconds,
    }),
    ...(one.mode === 'score' && { bare: await bareSide(one) }),
  };
  const taken = new Map<SideName, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, side] of Object.entries(sides) as [SideName, Side][]) {
      const [, ...milliseconds] = await side(Math.min(steps, one.most ?? steps) + 1);
      taken.set(name, [...(taken.get(name) ?? []), ...milliseconds]);
    }
  }
  return taken;
}

async function memaeSide({ mode, shape, batch }: Case): Promise<Side> {
  const program = mode === 'train' ? trainingProgram(shape) : scoringProgram(shape);
  const executable = await backend.compile(program);
  const samples = randomSamples(shape, batch);
  return timed(() => executable.run({ samples }));
}

/** The exported model in a session of its own, nothing of ours around it. */
async function bareSide({ shape, batch }: Case): Promise<Side> {
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

/** A clip scores the frame in its middle: frames a second, and the share of them that the memory takes. */
function printFrames(): void {
  const [memae, ae] = [medians.get('video256'), medians.get('video256-ae')];
  if (memae === undefined || ae === undefined) return;
  for (const [name, withMemory] of memae) {
    const without = ae.get(name) ?? NaN;
    const [fast, slow] = [without, withMemory].map((each) => (1000 / each).toFixed(2));
    const share = ((100 * (withMemory - without)) / withMemory).toFixed(1);
    console.log(
      `${name}: ${slow} frames of 256×256 a second, ${fast} without the memory, which takes ${share} % of the time`,
    );
  }
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function spread(list: readonly number[] | undefined): string {
  if (list === undefined) return '–';
  const [low, middle, high] = [0.1, 0.5, 0.9].map((q) => quantile(list, q).toFixed(2));
  return `${middle} (${low} … ${high})`;
}

function ratio(theirs: readonly number[] | undefined, ours: readonly number[] | undefined): string {
  if (theirs === undefined || ours === undefined) return '–';
  return (quantile(theirs, 0.5) / quantile(ours, 0.5)).toFixed(2);
}

function quantile(list: readonly number[], q: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}
