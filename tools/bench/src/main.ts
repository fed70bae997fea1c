// Training steps and scoring: our engines beside PyTorch and bare ONNX Runtime, alternating in one run.
//
//   MEMAE_PYTHON=python-with-torch pnpm bench [--only video] [--sides ort,torch] [--rounds 5] [--steps 20] [--threads 2]
//
// Each round takes a turn of steps on every side, five where they are slow; the first step of a turn,
// which warms caches, is left out. The table shows the median of all others, its ratio to PyTorch's,
// and the most memory that a process of its own holds for it. `--only` names rows by any part
// of their title.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Case, cases, titleOf } from './cases.ts';
import { type Request, type SideName, labels, sideNames, startSide } from './sides.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sides: { type: 'string', default: 'ort,bare,torch' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help());
  process.exit();
}
const chosen = cases.filter((each) => titleOf(each).includes(values.only));
if (chosen.length === 0) throw new Error(`No row's title has "${values.only}" in it.\n\n${help()}`);
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const threads = Number(values.threads);
const python = process.env['MEMAE_PYTHON'];
const names = values.sides.split(',').map(known).filter(atHand);
const sides = new Map(names.map((name) => [name, startSide(name, python ?? '')]));

/** Enough for memory to stop growing. */
const stepsForMemory = 4;
console.log(
  `\`node ${process.versions.node}\`, ${threads} ${threads === 1 ? 'thread' : 'threads'}\n`,
);
printRow(['step', 'engine', 'ms (p10 … p90)', 'samples/s', '× PyTorch', 'MB']);
printRow(['---', '---', '---:', '---:', '---:', '---:']);
const medians = new Map<string, ReadonlyMap<SideName, number>>();
for (const one of chosen) {
  const taken = await takenBySides(one);
  const middle = new Map([...taken].map(([name, list]) => [name, quantile(list, 0.5)]));
  const theirs = middle.get('torch');
  for (const [name, list] of taken) {
    const ours = middle.get(name) ?? NaN;
    printRow([
      titleOf(one),
      labels[name],
      spread(list),
      Number(((1000 * one.batch) / ours).toPrecision(3)).toLocaleString('en'),
      theirs === undefined || name === 'torch' ? '–' : (theirs / ours).toFixed(2),
      await memoryOf(name, one),
    ]);
  }
  medians.set(titleOf(one), middle);
}
printMemoryShare();
for (const side of sides.values()) side.close();

async function takenBySides(
  one: Case & { readonly most?: number },
): Promise<Map<SideName, number[]>> {
  const taken = new Map<SideName, number[]>();
  const refused = new Set<SideName>();
  const turn = { ...one, threads, steps: Math.min(steps, one.most ?? steps) + 1 };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, side] of sides) {
      if (refused.has(name)) continue;
      const answer = await side.measure(turn);
      if ('refused' in answer) {
        console.error(`${titleOf(one)}, ${name}: ${answer.refused}`);
        refused.add(name);
        continue;
      }
      const [, ...milliseconds] = answer.milliseconds;
      taken.set(name, [...(taken.get(name) ?? []), ...milliseconds]);
    }
  }
  return taken;
}

/** In a new process, which does nothing else. */
async function memoryOf(name: SideName, one: Case): Promise<string> {
  const side = startSide(name, python ?? '');
  const request: Request = { ...one, threads, steps: stepsForMemory };
  const answer = await side.measure(request);
  side.close();
  return 'refused' in answer ? '–' : answer.megabytes.toFixed(0);
}

/** What the memory alone takes of the time that scoring a clip takes, which is one frame's score. */
function printMemoryShare(): void {
  const [whole, memory] = ['score video256, batch 1', 'score video256-memory, batch 1'].map(
    (title) => medians.get(title),
  );
  for (const [name, milliseconds] of memory ?? []) {
    const all = whole?.get(name);
    if (all === undefined) continue;
    const share = ((100 * milliseconds) / all).toFixed(1);
    console.log(
      `\n${labels[name]}: ${(1000 / all).toFixed(2)} frames of 256×256 a second; the memory takes ${share} % of the time`,
    );
  }
}

function help(): string {
  return `Usage: MEMAE_PYTHON=python-with-torch pnpm bench [--only TEXT] [--sides ort,bare,torch] [--rounds 5] [--steps 20] [--threads N]

Sides: ${sideNames.join(', ')}
Rows, all of them unless --only has a part of some titles:
${cases.map((each) => `  ${titleOf(each)}`).join('\n')}

Examples:
  MEMAE_PYTHON=venv/bin/python pnpm bench --only 'train mnist'
  pnpm bench --only score --sides ort,bare --rounds 2`;
}

function known(name: string): SideName {
  const found = sideNames.find((each) => each === name);
  if (found !== undefined) return found;
  throw new Error(`There is no side ${name}. Known: ${sideNames.join(', ')}.`);
}

function atHand(name: SideName): boolean {
  if (name !== 'torch' || python !== undefined) return true;
  console.error('MEMAE_PYTHON is not set: PyTorch is left out.');
  return false;
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function spread(list: readonly number[]): string {
  const [low, middle, high] = [0.1, 0.5, 0.9].map((q) => quantile(list, q).toFixed(2));
  return `${middle} (${low} … ${high})`;
}

function quantile(list: readonly number[], q: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}
