// Random operands for the contract's cases: the same ones on every machine and for every engine.

import {
  type AnyNdArray,
  type Dim,
  type Dims,
  type Input,
  type NdArray,
  type Parameter,
  type Random,
  type Shape,
  type Tensor,
  cast,
  input,
  ndarray,
  parameter,
  sizeOf,
} from '@memae/graph';

/** Where the numbers of a leaf lie. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Draws leaves of a graph and remembers the numbers that belong to them. */
export interface Draw {
  readonly random: Random;
  /** How many spatial axes this round has: 1, 2 and 3 in turn. */
  readonly spatial: number;
  readonly feeds: Record<string, AnyNdArray>;
  /** Float leaves, for each of which a gradient is expected. */
  readonly leaves: (Input | Parameter)[];
  /** The length of the axis `batch` in this round. */
  readonly batch: number;
  /** A whole number from `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly chance: (probability: number) => boolean;
  /** A shape of some rank; its first axis may be the batch. */
  readonly dims: (lowest: number, highest: number) => Dims;
  /** A shape that broadcasts to the one given: axes are dropped in front or become 1. */
  readonly within: (dims: Dims) => Dims;
  /** Some axes of a shape; perhaps none, perhaps all. */
  readonly axes: (dims: Dims) => number[];
  /** One axis of fixed length. */
  readonly fixedAxis: (dims: Dims) => number;
  readonly parameter: (shape: Shape, range?: Range) => Parameter;
  /** Real numbers, as an input or (without a batch axis) perhaps a parameter. */
  readonly real: (dims: Dims, range?: Range) => Tensor;
  /** Whole numbers, both ends included, as an input; no gradient is expected for them. */
  readonly integers: (dims: Dims, range: Range, dtype?: 'int32' | 'uint8') => Tensor;
  /** Whole numbers cast to float32: for masks, and for comparisons that shall meet equal numbers. */
  readonly steps: (dims: Dims) => Tensor;
  /** Numbers of any element type. */
  readonly any: (dims: Dims) => Tensor;
}

export function createDraw(
  random: Random,
  { spatial, batch }: Pick<Draw, 'spatial' | 'batch'>,
): Draw {
  const feeds: Record<string, AnyNdArray> = {};
  const leaves: (Input | Parameter)[] = [];
  const whole = (low: number, high: number): number => low + random.integer(high - low + 1);
  const chance = (probability: number): boolean => random.uniform() < probability;
  const shapeOf = (dims: Dims): number[] => dims.map((dim) => (dim === 'batch' ? batch : dim));
  const nextName = (): string => `x${leaves.length + Object.keys(feeds).length}`;
  const reals = (shape: Shape, { low, high }: Range = { low: -2, high: 2 }): NdArray =>
    ndarray(
      Array.from({ length: sizeOf(shape) }, () => random.uniform(low, high)),
      shape,
    );

  const draw: Draw = {
    random,
    spatial,
    batch,
    feeds,
    leaves,
    whole,
    chance,
    dims: (lowest, highest) => {
      const first: Dim = chance(0.4) ? 'batch' : whole(1, 4);
      return [first, whole(1, 4), whole(1, 3), whole(1, 3)].slice(0, whole(lowest, highest));
    },
    within: (dims) => {
      const kept = dims.map((dim) => (chance(0.3) ? 1 : dim));
      return chance(0.4) ? kept.slice(whole(0, kept.length)) : kept;
    },
    axes: (dims) => dims.flatMap((_, axis) => (chance(0.5) ? [axis] : [])),
    fixedAxis: (dims) => {
      const fixed = dims.flatMap((dim, axis) => (dim === 'batch' ? [] : [axis]));
      return fixed[random.integer(fixed.length)] ?? 0;
    },
    parameter: (shape, range) => {
      const leaf = parameter(nextName(), reals(shape, range));
      leaves.push(leaf);
      return leaf;
    },
    real: (dims, range) => {
      if (!dims.includes('batch') && chance(0.5)) return draw.parameter(shapeOf(dims), range);
      const name = nextName();
      const leaf = input(name, dims);
      feeds[name] = reals(shapeOf(dims), range);
      leaves.push(leaf);
      return leaf;
    },
    integers: (dims, { low, high }, dtype = 'int32') => {
      const shape = shapeOf(dims);
      const numbers = Array.from({ length: sizeOf(shape) }, () => whole(low, high));
      const name = nextName();
      feeds[name] =
        dtype === 'int32'
          ? ndarray(Int32Array.from(numbers), shape)
          : ndarray(Uint8Array.from(numbers), shape);
      return input(name, dims, dtype);
    },
    steps: (dims) => cast(draw.integers(dims, { low: -1, high: 1 }), 'float32'),
    any: (dims) => {
      if (chance(0.7)) return draw.real(dims);
      return chance(0.5)
        ? draw.integers(dims, { low: 0, high: 255 }, 'uint8')
        : draw.integers(dims, { low: -9, high: 9 });
    },
  };
  return draw;
}
