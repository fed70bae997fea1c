// How much memory a plan takes at its height, and what to say when that is too much.

import { MemaeError, type Program, sizeOf, specialise } from '@memae/graph';
import { backendError } from '../error.ts';
import type { Device } from './device.ts';
import { type Plan, planOf } from './plan.ts';

/** After which step each value is let go, and how many bytes lie on the device meanwhile. */
export interface Schedule {
  /** For each step, the values that no later one needs. Leaves, steady values and results stay. */
  readonly frees: readonly (readonly number[])[];
  /** For each step, the bytes held while it runs, its own result included. */
  readonly held: readonly number[];
  readonly peak: number;
}

export function scheduleOf(plan: Plan): Schedule {
  const { values, steps } = plan;
  const stays = new Set([
    ...plan.parameters.values(),
    ...plan.constants.keys(),
    ...plan.outputs.values(),
    ...plan.updates.values(),
    ...values.flatMap(({ steady }, i) => (steady ? [i] : [])),
  ]);
  const lastUse = new Map<number, number>();
  const lastOfOwner = new Map<number, number>();
  const ownersStay = new Set([...stays].map((i) => values[i]?.owner ?? i));
  steps.forEach(({ inputs, output }, at) => {
    for (const value of [...inputs, output]) {
      lastUse.set(value, at);
      lastOfOwner.set(values[value]?.owner ?? value, at);
    }
  });
  const bytesOf = (value: number): number => {
    const { shape, width, owner } = values[value] ?? { shape: [], width: 0, owner: value };
    return owner === value ? sizeOf(shape) * width : 0;
  };

  const leaves = [...plan.parameters.values(), ...plan.constants.keys(), ...plan.inputs.values()];
  let now = leaves.reduce((total, value) => total + bytesOf(value), 0);
  const ending = new Map<number, number[]>();
  for (const [owner, at] of lastOfOwner) {
    if (!ownersStay.has(owner)) ending.set(at, [...(ending.get(at) ?? []), owner]);
  }
  const held = steps.map(({ output }, at) => {
    now += bytesOf(output);
    const during = now;
    for (const owner of ending.get(at) ?? []) now -= bytesOf(owner);
    return during;
  });
  return {
    frees: steps.map(({ inputs, output }, at) =>
      [...new Set([...inputs, output])].filter(
        (value) => lastUse.get(value) === at && !stays.has(value),
      ),
    ),
    held,
    peak: held.reduce((a, b) => Math.max(a, b), now),
  };
}

/**
 * Names the batch that did not fit and, by estimate, the largest one that does; without the bytes
 * that there are, half of it.
 */
export function outOfMemory(
  program: Program,
  {
    device,
    batch,
    room,
    cause,
  }: {
    readonly device: Pick<Device, 'engine' | 'memory'>;
    readonly batch: number;
    readonly room?: number;
    readonly cause?: unknown;
  },
): MemaeError {
  const peak = (size: number): number => scheduleOf(planOf(specialise(program, size))).peak;
  const most =
    room === undefined ? Math.floor(batch / 2) : largestBelow(batch, (size) => peak(size) <= room);
  const advice =
    most >= 1
      ? `About ${most} fit by estimate: take a smaller batch, or another engine.`
      : 'Not even one sample fits by estimate: take a smaller network, or another engine.';
  const message =
    `a batch of ${batch} takes about ${inBytes(peak(batch))} at its height, more than ` +
    `${device.memory} has room for. ${advice} Nothing was changed.`;
  return backendError(device.engine, 'BACKEND_OUT_OF_MEMORY', { message, cause });
}

/** The largest number below the one given that fits, or 0. */
function largestBelow(limit: number, fits: (size: number) => boolean): number {
  let [low, high] = [0, limit];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Whether an error of TensorFlow.js says that memory has run out. */
export function saysOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    !(error instanceof MemaeError) &&
    /\bOOM\b|resource[ _]?exhausted|out of memory|bad_alloc|failed to allocate|array buffer allocation failed|invalid (typed )?array length/i.test(
      error.message,
    )
  );
}

function inBytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}
