// Convolution as matrix products. x [B, …s, Ci] is read as B × positions × Ci; a column holds, for
// one output position, the inputs under every tap of the kernel. One row of zeros stands for the padding.

import {
  type NdArray,
  type OpOf,
  type Shape,
  type Tensor,
  type Window,
  concat,
  constant,
  conv,
  gather,
  matmul,
  ndarray,
  reshape,
  sizeOf,
  transpose,
  zeros,
} from '@memae/graph';
import { firstOrder, lastOrder } from './layout.ts';

/** The three convolution operations on channels-last tensors. Columns used twice are gathered once. */
export interface Columns {
  conv(x: Tensor, options: { readonly kernel: Tensor; readonly op: OpOf<'conv'> }): Tensor;
  convTranspose(
    x: Tensor,
    options: {
      readonly kernel: Tensor;
      readonly op: OpOf<'convTranspose'>;
      /** Spatial axes of the result. */
      readonly space: Shape;
    },
  ): Tensor;
  kernelGradient(
    x: Tensor,
    options: { readonly y: Tensor; readonly op: OpOf<'convKernelGradient'> },
  ): Tensor;
}

/** Up to so many channels ONNX Runtime's own convolutions are faster than gathering. */
export const fewChannels = 4;

export function createColumns(): Columns {
  const gathered = new Map<Tensor, Map<string, Tensor>>();
  const padded = new Map<Tensor, Tensor>();

  /** x [B, …s, Ci] with one more position, of zeros → [B, positions + 1, Ci]. */
  const withZeros = (x: Tensor): Tensor => {
    const [batch, positions, channels] = flatten(x);
    const known = padded.get(x);
    if (known !== undefined) return known;
    const flat = reshape(x, [batch, positions, channels]);
    const made = concat([flat, constant(zeros([batch, 1, channels]))], 1);
    padded.set(x, made);
    return made;
  };

  /** What was made of x before under the same key, or now. */
  const once = (x: Tensor, key: string, make: () => Tensor): Tensor => {
    const ofX = gathered.get(x) ?? new Map<string, Tensor>();
    const made = ofX.get(key) ?? make();
    gathered.set(x, ofX.set(key, made));
    return made;
  };

  /** Positions of x by index → [B · rows, taps · Ci]; an index of −1 reads zeros. */
  const pick = (x: Tensor, index: readonly number[][]): Tensor => {
    const [batch, positions, channels] = flatten(x);
    const taps = index[0]?.length ?? 0;
    const flat = index.flat();
    return once(x, `${taps} taps: ${flat.join()}`, () => {
      const inside = flat.every((at) => at >= 0);
      const source = inside ? reshape(x, [batch, positions, channels]) : withZeros(x);
      const whole = inside && flat.length === positions && flat.every((at, i) => at === i);
      const indices = ndarray(
        Int32Array.from(flat, (at) => (at < 0 ? positions : at)),
        [flat.length],
      );
      const picked = whole ? source : gather(source, constant(indices), 1);
      return reshape(picked, [batch * index.length, taps * channels]);
    });
  };

  /** What lies under the kernel at each output position: x → [B · positions out, taps · Ci]. */
  const slide = (x: Tensor, { taps, out, window }: Omit<Slide, 'space'>): Tensor => {
    const [batch, , channels] = flatten(x);
    if (channels > fewChannels)
      return pick(x, slideIndex({ space: spaceOfLast(x), taps, out, window }));
    // Picking single numbers is slow. A convolution whose kernels are each one tap of one channel
    // gives the same columns, and needs no row of zeros.
    return once(x, JSON.stringify({ taps, window }), () => {
      const rank = x.dims.length;
      const first = transpose(x, firstOrder(rank));
      const columns = conv(first, constant(oneTapKernels(taps, channels)), window);
      const last = transpose(columns, lastOrder(rank));
      return reshape(last, [batch * sizeOf(out), sizeOf(taps) * channels]);
    });
  };

  return {
    conv: (x, { kernel, op }) => {
      const [batch] = flatten(x);
      const taps = kernel.dims.slice(2).map(Number);
      const out = slideCount(spaceOfLast(x), taps, op.window);
      const columns = slide(x, { taps, out, window: op.window });
      const [to = 0] = kernel.dims.map(Number);
      return reshape(matmul(columns, kernelRows(kernel)), [batch, ...out, to]);
    },
    kernelGradient: (x, { y, op }) => {
      const [, , from] = flatten(x);
      const [batch, positions, to] = flatten(y);
      const out = spaceOfLast(y);
      const columns = slide(x, { taps: op.kernel, out, window: op.window });
      const product = matmul(columns, reshape(y, [batch * positions, to]), { transposeA: true });
      const rank = op.kernel.length;
      // [taps…, Ci, Co] → [Co, Ci, taps…]
      return transpose(reshape(product, [...op.kernel, from, to]), [
        rank + 1,
        rank,
        ...op.kernel.map((_, i) => i),
      ]);
    },
    convTranspose: (x, { kernel, op, space }) => {
      const [batch] = flatten(x);
      const taps = kernel.dims.slice(2).map(Number);
      const [from = 0, to = 0] = kernel.dims.map(Number);
      // [Ci, Co, taps…] → [taps, Ci, Co]: each phase of the stride takes its own taps.
      const byTap = reshape(transpose(kernel, [...taps.map((_, i) => i + 2), 0, 1]), [
        sizeOf(taps),
        from,
        to,
      ]);
      const phases = phaseIndex({ input: spaceOfLast(x), output: space, taps, window: op.window });
      const parts = phases.map(({ index, tapsUsed }) => {
        if (tapsUsed.length === 0) return constant(zeros([batch, index.length, to]));
        const part = gather(byTap, constant(ndarray(Int32Array.from(tapsUsed), [tapsUsed.length])));
        const product = matmul(pick(x, index), reshape(part, [tapsUsed.length * from, to]));
        return reshape(product, [batch, index.length, to]);
      });
      const order = inverse(phases.flatMap((phase) => phase.positions));
      const [only] = parts;
      const interleaved =
        parts.length === 1 && only !== undefined
          ? only
          : gather(concat(parts, 1), constant(ndarray(Int32Array.from(order), [order.length])), 1);
      return reshape(interleaved, [batch, ...space, to]);
    },
  };
}

/** Kernels [taps · Ci, Ci, taps…], each with a single 1. */
function oneTapKernels(taps: Shape, channels: number): NdArray {
  const count = sizeOf(taps);
  const kernels = zeros([count * channels, channels, ...taps]);
  for (let tap = 0; tap < count; tap += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const kernel = tap * channels + channel;
      kernels.data[(kernel * channels + channel) * count + tap] = 1;
    }
  }
  return kernels;
}

/** [Co, Ci, taps…] → [taps · Ci, Co]. */
function kernelRows(kernel: Tensor): Tensor {
  const rank = kernel.dims.length;
  const [to = 0, ...rest] = kernel.dims.map(Number);
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  return reshape(transpose(kernel, [...axes, 1, 0]), [sizeOf(rest), to]);
}

interface Slide {
  readonly space: Shape;
  readonly taps: Shape;
  readonly out: Shape;
  readonly window: Window;
}

/** For each output position, the input position under each tap, or −1 in the padding. */
function slideIndex({ space, taps, out, window }: Slide): number[][] {
  return places(out).map((at) =>
    places(taps).map((tap) =>
      positionOf(
        at.map((o, i) => o * (window.stride[i] ?? 1) + (tap[i] ?? 0) - (window.padding[i] ?? 0)),
        space,
      ),
    ),
  );
}

interface Phase {
  /** For each output position of this phase, the input position under each of its taps. */
  readonly index: number[][];
  readonly tapsUsed: readonly number[];
  readonly positions: readonly number[];
}

/** Output positions grouped by their remainder modulo the stride: those of a group share their taps. */
function phaseIndex({
  input,
  output,
  taps,
  window,
}: {
  readonly input: Shape;
  readonly output: Shape;
  readonly taps: Shape;
  readonly window: Window;
}): Phase[] {
  const stride = (i: number): number => window.stride[i] ?? 1;
  const allTaps = places(taps);
  return places(window.stride).flatMap((phase) => {
    const origins = places(output).filter((o) => o.every((x, i) => x % stride(i) === phase[i]));
    if (origins.length === 0) return [];
    const source = (o: Shape, tap: Shape): number[] =>
      o.map((x, i) => (x + (window.padding[i] ?? 0) - (tap[i] ?? 0)) / stride(i));
    const used = allTaps.flatMap((tap, i) =>
      source(origins[0] ?? [], tap).every(Number.isInteger) ? [i] : [],
    );
    return [
      {
        positions: origins.map((o) => positionOf(o, output)),
        tapsUsed: used,
        index: origins.map((o) => used.map((i) => positionOf(source(o, allTaps[i] ?? []), input))),
      },
    ];
  });
}

/** Every index of an array of this shape, in row-major order. */
function places(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (found, length) => found.flatMap((at) => Array.from({ length }, (_, i) => [...at, i])),
    [[]],
  );
}

/** The row-major position of an index, or −1 outside the array. */
function positionOf(index: Shape, shape: Shape): number {
  let position = 0;
  for (const [i, length] of shape.entries()) {
    const at = index[i] ?? -1;
    if (at < 0 || at >= length) return -1;
    position = position * length + at;
  }
  return position;
}

function slideCount(space: Shape, taps: Shape, { stride, padding }: Window): number[] {
  return space.map(
    (length, i) =>
      Math.floor((length + 2 * (padding[i] ?? 0) - (taps[i] ?? 1)) / (stride[i] ?? 1)) + 1,
  );
}

function inverse(order: readonly number[]): number[] {
  const found: number[] = [];
  order.forEach((to, from) => {
    found[to] = from;
  });
  return found;
}

/** [B, …s, C] as batch, positions, channels. */
function flatten(x: Tensor): [number, number, number] {
  const dims = x.dims.map(Number);
  return [dims[0] ?? 1, sizeOf(dims.slice(1, -1)), dims.at(-1) ?? 1];
}

function spaceOfLast(x: Tensor): number[] {
  return x.dims.slice(1, -1).map(Number);
}
