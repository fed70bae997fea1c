// Columns, a block at a time: for some output positions, the inputs under each tap of the kernel.
// A block is small enough to stay in the processor's cache between being gathered and being
// multiplied, and is gathered again where it is needed again: a training step's memory is that of
// its activations, and products run on what is near.

import {
  type Shape,
  type Tensor,
  add,
  concat,
  constant,
  gather,
  greater,
  ndarray,
  reshape,
  sizeOf,
  sliceAxis,
  zeros,
} from '@memae/graph';
import { type Block, blocksOf } from './blocks.ts';
import { type Phase, type Reach, phasesOf } from './reach.ts';

/** How a kernel meets its input. */
export interface Geometry {
  readonly reach: Reach;
  /** Sizes of the kernel, of the output and of the stride, one number an axis. */
  readonly taps: Shape;
  readonly output: Shape;
  readonly stride: Shape;
  /** The blocks were gathered before, and shall not have been kept since. */
  readonly again?: boolean;
}

export interface ColumnBlock {
  /** The rows of the output [B · positions, Co] that this block gives. */
  readonly start: number;
  readonly end: number;
  readonly phases: readonly {
    /** Numbers of the taps used. */
    readonly taps: readonly number[];
    readonly rows: number;
    /** [rows, taps used · Ci], unless no tap is used. */
    readonly columns: Tensor | undefined;
  }[];
  /** For each of the block's rows, where it stands among the phases' rows laid end to end. */
  readonly order: readonly number[];
}

/** Bytes of the columns of one block. */
const blockBytes = 2 ** 22;

/**
 * Calls `use` for each block of the columns of x [B, …s, Ci]. The tensors that it gives are computed
 * before the next block is gathered.
 */
export function eachColumnBlock(
  x: Tensor,
  { reach, taps, output, stride, again = false }: Geometry,
  use: (block: ColumnBlock) => readonly Tensor[],
): void {
  const dims = x.dims.map(Number);
  const [batch = 1] = dims;
  const input = dims.slice(1, -1);
  const channels = dims.at(-1) ?? 1;
  const positions = sizeOf(output);
  const rows = rowsOf(x, again);
  // On average a row takes so many taps; a stride spreads them over its phases.
  const perRow =
    reach.reduce((product, axis) => product * average(axis.map((o) => o.taps.length)), 1) *
    channels *
    Float32Array.BYTES_PER_ELEMENT;
  const indices = new Map<string, Tensor>();
  let before: readonly Tensor[] = [];
  for (const block of blocksOf(blockBytes / perRow, { batch, space: output, stride })) {
    const phases = phasesOf(reach, { input, taps, ...block }).map((phase) =>
      repeated(phase, block, { input: sizeOf(input) }),
    );
    const start = block.first * positions + block.start;
    const end = start + block.samples * (block.end - block.start);
    before = use({
      start,
      end,
      phases: gathered(rows, phases, { after: before, indices }),
      order: inverse(phases.flatMap((phase) => phase.places)),
    });
  }
}

interface Rows {
  readonly channels: number;
  slice(start: number, end: number): Tensor;
}

/** x [B, …s, Ci] as rows. Equal slices are computed once and kept; those taken `again` look different. */
function rowsOf(x: Tensor, again: boolean): Rows {
  const dims = x.dims.map(Number);
  const channels = dims.at(-1) ?? 1;
  const size = sizeOf(dims);
  const whole = reshape(x, again ? [size] : [size / channels, channels]);
  return {
    channels,
    slice: (start, end) => {
      if (!again) return sliceAxis(whole, { axis: 0, start, end });
      const cut = sliceAxis(whole, { axis: 0, start: start * channels, end: end * channels });
      return reshape(cut, [end - start, channels]);
    },
  };
}

/** The phases of one sample as those of a block's samples, its index counted in rows of the batch. */
function repeated(
  { taps, places, index }: Phase,
  { first, samples, start, end }: Block,
  { input }: { readonly input: number },
): Phase {
  const list = Array.from({ length: samples }, (_, i) => i);
  return {
    taps,
    places: list.flatMap((i) => places.map((place) => i * (end - start) + place)),
    index: list.flatMap((i) => index.map((at) => (at < 0 ? at : (first + i) * input + at))),
  };
}

/** rows [B · positions, Ci] by the index of each phase; −1 reads zeros. */
function gathered(
  rows: Rows,
  phases: readonly Phase[],
  { after, indices }: { readonly after: readonly Tensor[]; readonly indices: Map<string, Tensor> },
): ColumnBlock['phases'] {
  const { channels } = rows;
  const touched = new Set(phases.flatMap(({ index }) => index));
  const inside = !touched.delete(-1);
  const runs = runsOf([...touched].sort((a, b) => a - b));
  const near = runs.map(([start, end]) => rows.slice(start, end));
  const [only] = near;
  const source =
    inside && after.length === 0 && near.length === 1 && only !== undefined
      ? only
      : concat([...near, zeroRow(channels, after)], 0);
  const place = placesIn(runs);
  return phases.map(({ taps, places, index }) => {
    if (taps.length === 0) return { taps, rows: places.length, columns: undefined };
    const dims = [places.length, taps.length * channels];
    const own = index.map(place);
    const [start = 0] = own;
    if (own.every((at, i) => at === start + i)) {
      const columns = sliceAxis(source, { axis: 0, start, end: start + own.length });
      return { taps, rows: places.length, columns: reshape(columns, dims) };
    }
    const key = own.join();
    const known = indices.get(key) ?? constant(ndarray(Int32Array.from(own), [own.length]));
    indices.set(key, known);
    return { taps, rows: places.length, columns: reshape(gather(source, known), dims) };
  });
}

/** Ascending positions as few ranges; a short gap is cheaper copied than skipped. */
function runsOf(positions: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const at of positions) {
    const last = runs.at(-1);
    if (last !== undefined && at - last[1] < shortGap) last[1] = at + 1;
    else runs.push([at, at + 1]);
  }
  return runs;
}

const shortGap = 64;

/** Where a position stands when the ranges lie end to end, and −1 behind them all. */
function placesIn(runs: readonly (readonly [number, number])[]): (at: number) => number {
  const starts = new Map<number, number>();
  let total = 0;
  for (const [start, end] of runs) {
    for (let at = start; at < end; at += 1) starts.set(at, total + at - start);
    total += end - start;
  }
  return (at) => starts.get(at) ?? total;
}

/** [1, channels] zeros that are computed once other tensors are there: no number exceeds ∞. */
function zeroRow(channels: number, after: readonly Tensor[]): Tensor {
  if (after.length === 0) return constant(zeros([1, channels]));
  const sum = after
    .map((x) => x.dims.reduce<Tensor>((y, _, axis) => sliceAxis(y, { axis, start: 0, end: 1 }), x))
    .reduce((a, b) => add(a, b));
  const infinite = ndarray(new Float32Array(channels).fill(Infinity), [1, channels]);
  return greater(reshape(sum, [1, 1]), constant(infinite));
}

function average(list: readonly number[]): number {
  return list.reduce((sum, x) => sum + x, 0) / list.length;
}

function inverse(order: readonly number[]): number[] {
  const found: number[] = [];
  order.forEach((to, from) => {
    found[to] = from;
  });
  return found;
}
