// Columns, a block at a time: for some output positions, the inputs under each tap of the kernel.
// A block is small enough to stay in the processor's cache between being gathered and being
// multiplied, and is gathered again where it is needed again: a training step's memory is that of
// its activations, and products run on what is near.

import {
  type Shape,
  type Tensor,
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
 * Calls `use` for each block of the columns of x [B, …s, Ci]. The tensor that it gives, if any, is
 * computed before the next block is gathered.
 */
export function eachColumnBlock(
  x: Tensor,
  { reach, taps, output, stride }: Geometry,
  use: (block: ColumnBlock) => Tensor | undefined,
): void {
  const dims = x.dims.map(Number);
  const [batch = 1] = dims;
  const input = dims.slice(1, -1);
  const channels = dims.at(-1) ?? 1;
  const positions = sizeOf(output);
  const rows = reshape(x, [batch * sizeOf(input), channels]);
  // On average a row takes so many taps; a stride spreads them over its phases.
  const perRow =
    reach.reduce((product, axis) => product * average(axis.map((o) => o.taps.length)), 1) *
    channels *
    Float32Array.BYTES_PER_ELEMENT;
  const indices = new Map<string, Tensor>();
  let before: Tensor | undefined;
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
  rows: Tensor,
  phases: readonly Phase[],
  { after, indices }: { readonly after: Tensor | undefined; readonly indices: Map<string, Tensor> },
): ColumnBlock['phases'] {
  const channels = Number(rows.dims[1]);
  const read = phases.flatMap(({ index }) => index.filter((at) => at >= 0));
  const low = read.reduce((a, b) => Math.min(a, b), read[0] ?? 0);
  const high = read.reduce((a, b) => Math.max(a, b), low - 1) + 1;
  const near = read.length === 0 ? [] : [sliceAxis(rows, { axis: 0, start: low, end: high })];
  const inside = phases.every(({ index }) => index.every((at) => at >= 0));
  const end = high - low;
  const [only] = near;
  const source =
    inside && after === undefined && only !== undefined
      ? only
      : concat([...near, zeroRow(channels, after)], 0);
  return phases.map(({ taps, places, index }) => {
    if (taps.length === 0) return { taps, rows: places.length, columns: undefined };
    const own = index.map((at) => (at < 0 ? end : at - low));
    if (own.every((at, i) => at === i + (own[0] ?? 0))) {
      const [start = 0] = own;
      const columns = sliceAxis(source, { axis: 0, start, end: start + own.length });
      return {
        taps,
        rows: places.length,
        columns: reshape(columns, [places.length, taps.length * channels]),
      };
    }
    const key = own.join();
    const known = indices.get(key) ?? constant(ndarray(Int32Array.from(own), [own.length]));
    indices.set(key, known);
    const columns = reshape(gather(source, known), [places.length, taps.length * channels]);
    return { taps, rows: places.length, columns };
  });
}

/** [1, channels] zeros that are computed once another tensor is there: no number exceeds ∞. */
function zeroRow(channels: number, after: Tensor | undefined): Tensor {
  if (after === undefined) return constant(zeros([1, channels]));
  const one = after.dims.reduce<Tensor>(
    (x, _, axis) => sliceAxis(x, { axis, start: 0, end: 1 }),
    after,
  );
  const infinite = ndarray(new Float32Array(channels).fill(Infinity), [1, channels]);
  return greater(reshape(one, [1, 1]), constant(infinite));
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
