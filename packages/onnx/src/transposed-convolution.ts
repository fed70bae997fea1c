// A transposed convolution said as convolutions: outputs at the same place of the stride see the same taps of the
// kernel, so each such phase is a convolution of its own, and the phases take turns along each axis.

import type { OpOf } from '@memae/graph';

import type { LoweringContext } from './lowering.ts';
import { swapAxes } from './swap-axes.ts';

type Transposed = OpOf<'convTranspose'>;

/** Outputs along one axis: how many, the taps that reach them, last first, and the padding of what these are slid over. */
interface Phase {
  readonly length: number;
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

/** With so few channels out the products of the phases are too thin to be worth it. */
const fewChannels = 4;

/**
 * Adds the convolutions of a transposed one and gives the name of its value; `null`, and nothing added, where it has few
 * channels out, or where phases are not alike in length, have no tap, or do not use all of their input.
 */
export function asConvolutions(op: Transposed, { graph, value }: LoweringContext): string | null {
  const [x, kernel] = op.inputs;
  const axes = phasesOf(op);
  if (axes === null || Number(kernel.dims[1]) <= fewChannels) return null;

  const last = axes.length - 1;
  const phasesAlong = (axis: number): readonly Phase[] => axes[axis] ?? [];
  const take = (kernels: string, axis: number, { taps }: Phase): string =>
    graph.node('Gather', [kernels, graph.integers(taps)], { attributes: { axis: axis + 2 } });
  const join = (parts: readonly string[], axis: number): string => {
    const [only] = parts;
    return parts.length === 1 && only !== undefined
      ? only
      : graph.node('Concat', parts, { attributes: { axis } });
  };
  /** Of one phase of the last axis. Phases of another one lie end to end along the next: there they take turns. */
  const from = (axis: number, kernels: string, before: readonly Phase[], own: Phase): string => {
    if (axis === last) {
      const all = [...before, own];
      const pads = [...all.map((phase) => phase.before), ...all.map((phase) => phase.after)];
      return graph.node('Conv', [value(x), kernels], { attributes: { pads } });
    }
    const parts = phasesAlong(axis).map((phase) =>
      from(axis + 1, take(kernels, axis, phase), [...before, phase], own),
    );
    return join(parts, axis + 3);
  };

  const turned = swapAxes(graph, value(kernel), [kernel.dims.length, 0, 1]);
  const lengths = axes.map((phases) => phases.reduce((sum, { length }) => sum + length, 0));
  const parts = phasesAlong(last).map((phase) => {
    // 0 keeps the batch, and the channels.
    const apart = graph.integers([0, 0, ...lengths.slice(0, -1), phase.length, 1]);
    return graph.node('Reshape', [from(0, take(turned, last, phase), [], phase), apart]);
  });
  const whole = join(parts, x.dims.length);
  return graph.node('Reshape', [whole, graph.integers([0, 0, ...lengths])]);
}

/** Of each axis, by place: output stride · q + place takes tap t from input (stride · q + place + padding − t) / stride. */
function phasesOf({
  window,
  outputPadding,
  inputs: [x, kernel],
}: Transposed): readonly (readonly Phase[])[] | null {
  const axes = kernel.dims.slice(2).map((size, axis) => {
    const taps = Number(size);
    const stride = window.stride[axis] ?? 1;
    const padding = window.padding[axis] ?? 0;
    const input = Number(x.dims[axis + 2]);
    const output = (input - 1) * stride - 2 * padding + taps + (outputPadding[axis] ?? 0);
    return Array.from({ length: stride }, (_, place) => {
      const first = (place + padding) % stride;
      const count = Math.ceil((taps - first) / stride);
      const length = output / stride;
      const before = count - 1 - Math.floor((place + padding) / stride);
      return {
        length,
        taps: Array.from({ length: count }, (_, i) => first + stride * (count - 1 - i)),
        before,
        after: length - input - before + count - 1,
      };
    });
  });
  const fits = axes
    .flat()
    .every(
      ({ length, taps, before, after }) =>
        Number.isInteger(length) && taps.length > 0 && before >= 0 && after >= 0,
    );
  return fits ? axes : null;
}
