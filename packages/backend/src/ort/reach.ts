// Which inputs a kernel reaches from each output position: sliding (convolution) or spreading (its
// transpose). Output positions that reach through the same taps form a phase: one matrix product.

import type { Shape, Window } from '@memae/graph';

/** For each axis and output coordinate, the taps that meet an input and where; −1 lies in the padding. */
export type Reach = readonly (readonly AxisReach[])[];

interface AxisReach {
  readonly taps: readonly number[];
  readonly at: readonly number[];
}

interface Kernel {
  readonly input: Shape;
  readonly output: Shape;
  readonly taps: Shape;
  readonly window: Window;
}

/** Convolution: output o reads input o · stride + tap − padding. */
export function sliding(kernel: Kernel): Reach {
  return reachOf(kernel, (o, tap, { stride, padding }) => o * stride + tap - padding);
}

/** Transposed convolution: output o reads input (o + padding − tap) / stride, where that is whole. */
export function spreading(kernel: Kernel): Reach {
  return reachOf(kernel, (o, tap, { stride, padding }) => (o + padding - tap) / stride);
}

function reachOf(
  { input, output, taps, window }: Kernel,
  source: (o: number, tap: number, step: { stride: number; padding: number }) => number,
): Reach {
  return output.map((length, axis) => {
    const step = { stride: window.stride[axis] ?? 1, padding: window.padding[axis] ?? 0 };
    const size = input[axis] ?? 0;
    return range(length).map((o) => {
      const met = range(taps[axis] ?? 0).flatMap((tap) => {
        const at = source(o, tap, step);
        return Number.isInteger(at) ? [{ tap, at: at >= 0 && at < size ? at : -1 }] : [];
      });
      return { taps: met.map(({ tap }) => tap), at: met.map(({ at }) => at) };
    });
  });
}

/** The rows of one matrix product. */
export interface Phase {
  /** Row-major numbers of the taps used. */
  readonly taps: readonly number[];
  /** The output positions, by their place in the block. */
  readonly places: readonly number[];
  /** For each of these and each tap, the row-major input position, or −1. */
  readonly index: readonly number[];
}

/** Output positions `start` to `end` (row-major) of one sample, by phase. */
export function phasesOf(
  reach: Reach,
  {
    input,
    taps,
    start,
    end,
  }: {
    readonly input: Shape;
    readonly taps: Shape;
    readonly start: number;
    readonly end: number;
  },
): Phase[] {
  const phases = new Map<string, { taps: number[]; places: number[]; index: number[] }>();
  const sizes = reach.map((axis) => axis.length);
  for (let place = 0; place < end - start; place += 1) {
    const met = coordinates(start + place, sizes).map((o, axis) => reach[axis]?.[o] ?? noReach);
    const key = met.map((axis) => axis.taps.join()).join(';');
    const phase = phases.get(key) ?? {
      taps: rowMajor(
        met.map((axis) => axis.taps),
        taps,
      ),
      places: [],
      index: [],
    };
    phases.set(key, phase);
    phase.places.push(place);
    phase.index.push(
      ...rowMajor(
        met.map((axis) => axis.at),
        input,
      ),
    );
  }
  return [...phases.values()];
}

const noReach: AxisReach = { taps: [], at: [] };

/** Every choice of one coordinate an axis, as a row-major number; −1 where one of them is. */
function rowMajor(choices: readonly (readonly number[])[], shape: Shape): number[] {
  return choices.reduce<number[]>(
    (found, axis, i) =>
      found.flatMap((before) =>
        axis.map((at) => (before < 0 || at < 0 ? -1 : before * (shape[i] ?? 1) + at)),
      ),
    [0],
  );
}

function coordinates(position: number, shape: Shape): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((length) => {
      const at = rest % length;
      rest = (rest - at) / length;
      return at;
    })
    .reverse();
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
