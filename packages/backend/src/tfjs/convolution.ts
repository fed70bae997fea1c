// Convolutions on tensors [B, …space, C] and filters [taps…, Ci, Co], by TensorFlow's own kernels.
// These know the paddings "same" and "valid" only; any other is added to the input or cut off it.

import type { Shape, Window } from '@memae/graph';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RunKernel } from './kernel.ts';

interface Setting {
  readonly run: RunKernel;
  readonly window: Window;
}

/** x, filter → y [B, …, Co], whose spatial lengths are `slides`. */
export function convolve(
  x: Tensor,
  filter: Tensor,
  { run, window, slides }: Setting & { readonly slides: Shape },
): Tensor {
  const fit = fitOf({ space: spaceOf(x), taps: filter.shape.slice(0, -2), slides, window });
  const { name, attributes } = wordsFor(window);
  const y = run(
    name.forward,
    { x: liftSpace(padded(x, fit, run), run), filter: liftTaps(filter, run) },
    { ...attributes, pad: fit.pad },
  );
  return lowered(y, [x.shape[0], ...slides, filter.shape.at(-1) ?? 0], run);
}

/** y, filter → x [B, …space, Ci]: the gradient of `convolve` for its input. */
export function backpropInput(
  dy: Tensor,
  filter: Tensor,
  { run, window, space }: Setting & { readonly space: Shape },
): Tensor {
  const fit = fitOf({ space, taps: filter.shape.slice(0, -2), slides: spaceOf(dy), window });
  const { name, attributes } = wordsFor(window);
  const [batch = 0] = dy.shape;
  const channels = filter.shape.at(-2) ?? 0;
  const wide = space.map((length, i) => length + (fit.before[i] ?? 0) + (fit.after[i] ?? 0));
  const x = run(
    name.input,
    { dy: liftSpace(dy, run), filter: liftTaps(filter, run) },
    { ...attributes, pad: fit.pad, inputShape: liftedSpace([batch, ...wide, channels]) },
  );
  const whole = lowered(x, [batch, ...wide, channels], run);
  if (!fit.padded) return whole;
  return run(
    'Slice',
    { x: whole },
    { begin: [0, ...fit.before, 0], size: [batch, ...space, channels] },
  );
}

/** x, y → filter [taps…, Ci, Co]: the gradient of `convolve` for its filter. */
export function backpropFilter(
  x: Tensor,
  dy: Tensor,
  { run, window, taps }: Setting & { readonly taps: Shape },
): Tensor {
  const slides = spaceOf(dy);
  const fit = fitOf({ space: spaceOf(x), taps, slides, window });
  const wide = padded(x, fit, run);
  if (isStridedPoint(taps, window)) {
    return backpropFilter(everyNth(wide, { run, window, slides }), dy, {
      run,
      window: { stride: taps, padding: taps.map(() => 0) },
      taps,
    });
  }
  const { name, attributes } = wordsFor(window);
  const shape = [...taps, x.shape.at(-1) ?? 0, dy.shape.at(-1) ?? 0];
  const filter = run(
    name.filter,
    { x: liftSpace(wide, run), dy: liftSpace(dy, run) },
    { ...attributes, pad: fit.pad, filterShape: liftedTaps(shape) },
  );
  return lowered(filter, shape, run);
}

/**
 * A filter of one tap that strides reads every n-th place. Over pictures TensorFlow 2.21 on the CPU
 * (oneDNN) writes out of bounds when it takes the gradient of one, and brings the process down: these
 * places are picked beforehand.
 */
function isStridedPoint(taps: Shape, { stride }: Window): boolean {
  return taps.every((length) => length === 1) && stride.some((step) => step > 1);
}

function everyNth(
  x: Tensor,
  { run, window: { stride }, slides }: Setting & { readonly slides: Shape },
): Tensor {
  const none = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
  const ends = slides.map((count, i) => (count - 1) * (stride[i] ?? 1) + 1);
  return run(
    'StridedSlice',
    { x },
    {
      ...none,
      begin: x.shape.map(() => 0),
      end: [x.shape[0], ...ends, x.shape.at(-1)],
      strides: [1, ...stride, 1],
    },
  );
}

/** The kernels that convolutions over so many spatial axes run. */
export function convolutionKernels(
  spatial: number,
): Record<'forward' | 'input' | 'filter', string> {
  const forward = `Conv${Math.max(spatial, 2)}D`;
  const version = spatial > 2 ? 'V2' : '';
  return {
    forward,
    input: `${forward}BackpropInput${version}`,
    filter: `${forward}BackpropFilter${version}`,
  };
}

function wordsFor({ stride }: Window): {
  readonly name: ReturnType<typeof convolutionKernels>;
  readonly attributes: Readonly<Record<string, unknown>>;
} {
  const spatial = stride.length;
  const strides = spatial === 1 ? [1, ...stride] : [...stride];
  return {
    name: convolutionKernels(spatial),
    attributes: {
      strides,
      dilations: strides.map(() => 1),
      dataFormat: spatial <= 2 ? 'NHWC' : 'NDHWC',
    },
  };
}

interface Fit {
  readonly pad: 'same' | 'valid';
  /** Zeros to add on each spatial axis beforehand; none for "same". */
  readonly before: Shape;
  readonly after: Shape;
  readonly padded: boolean;
}

function fitOf({
  space,
  taps,
  slides,
  window,
}: {
  readonly space: Shape;
  readonly taps: Shape;
  readonly slides: Shape;
  readonly window: Window;
}): Fit {
  const axes = space.map((length, i) => {
    const [padding = 0, stride = 1] = [window.padding[i], window.stride[i]];
    /** How far the last position of the kernel reaches behind the input's beginning. */
    const reach = ((slides[i] ?? 1) - 1) * stride + (taps[i] ?? 1);
    return {
      padding,
      after: Math.max(0, reach - length - padding),
      same: slides[i] === Math.ceil(length / stride) && reach - length === 2 * padding,
    };
  });
  const zeros = space.map(() => 0);
  if (axes.every(({ same }) => same)) {
    return { pad: 'same', before: zeros, after: zeros, padded: false };
  }
  const before = axes.map(({ padding }) => padding);
  const after = axes.map((axis) => axis.after);
  const padded = [...before, ...after].some((width) => width > 0);
  return { pad: 'valid', before, after, padded };
}

function padded(x: Tensor, fit: Fit, run: RunKernel): Tensor {
  if (!fit.padded) return x;
  const sides = fit.before.map((width, i) => [width, fit.after[i] ?? 0]);
  return run('PadV2', { x }, { paddings: [[0, 0], ...sides, [0, 0]], constantValue: 0 });
}

function spaceOf({ shape }: Tensor): number[] {
  return shape.slice(1, -1);
}

// TensorFlow.js has no kernels over one spatial axis: it becomes the width of a picture of one row.

function liftedSpace(shape: Shape): Shape {
  return shape.length === 3 ? shape.toSpliced(1, 0, 1) : shape;
}

function liftedTaps(shape: Shape): Shape {
  return shape.length === 3 ? [1, ...shape] : shape;
}

function liftSpace(x: Tensor, run: RunKernel): Tensor {
  return x.rank === 3 ? run('Reshape', { x }, { shape: liftedSpace(x.shape) }) : x;
}

function liftTaps(x: Tensor, run: RunKernel): Tensor {
  return x.rank === 3 ? run('Reshape', { x }, { shape: liftedTaps(x.shape) }) : x;
}

function lowered(x: Tensor, shape: Shape, run: RunKernel): Tensor {
  return x.rank === shape.length ? x : run('Reshape', { x }, { shape });
}
