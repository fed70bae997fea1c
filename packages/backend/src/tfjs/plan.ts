// A graph as a list of kernels to run, on values that go by number.

import {
  type AnyNdArray,
  type Graph,
  type Tensor,
  formatShape,
  inOrder,
  transpose,
  withInputs,
} from '@memae/graph';
import { type LowerConvolution, channelsLast } from '../passes/channels-last.ts';
import { lastOrder } from '../passes/layout.ts';
import { simplify } from '../passes/simplify.ts';
import { type AxisOrder, between, graphOrder, keepsMemory } from './axis-order.ts';
import type { Kernel } from './kernel.ts';
import { asNumbers, deviceType, kernelOf, notZero, reshaped, transposed } from './kernels.ts';

export interface Plan {
  readonly inputs: ReadonlyMap<string, number>;
  readonly parameters: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<number, AnyNdArray>;
  readonly steps: readonly Step[];
  readonly outputs: ReadonlyMap<string, number>;
  readonly updates: ReadonlyMap<string, number>;
  readonly values: readonly PlannedValue[];
}

interface PlannedValue {
  readonly shape: readonly number[];
  /** Bytes for each element. */
  readonly width: number;
  /** The value in whose memory it lies: itself, unless it is a view. */
  readonly owner: number;
  /** Whether it is the same on every run. */
  readonly steady: boolean;
}

interface Step {
  readonly kernel: Kernel;
  readonly inputs: readonly number[];
  readonly output: number;
  /** The shape that the kernel is told: the graph's, whatever the order of axes. */
  readonly shape: readonly number[];
}

/** Plans a graph whose axes all have lengths. */
export function planOf(graph: Graph): Plan {
  const laid = simplify(channelsLast(simplify(graph), betweenTranspositions));
  const planner = createPlanner([...laid.updates.keys()].map(({ op }) => op.name));
  const outputs = Object.entries<Tensor>(laid.outputs);
  const updates = [...laid.updates];
  for (const tensor of inOrder([...outputs, ...updates].map(([, x]) => x))) planner.add(tensor);
  return {
    outputs: new Map(outputs.map(([name, x]) => [name, planner.valueOf(x)])),
    updates: new Map(updates.map(([{ op }, x]) => [op.name, planner.valueOf(x)])),
    ...planner.planned,
  };
}

/** A convolution stays one; that its kernel takes and gives channels last, the planner knows. */
const betweenTranspositions: LowerConvolution = ({ tensor, op, operands }, { toFirst, mark }) => {
  const made = withInputs(tensor, operands.map(toFirst));
  return op.type === 'convKernelGradient'
    ? made
    : mark(transpose(made, lastOrder(made.dims.length)));
};

interface Planner {
  /** Plans a tensor whose inputs have been planned. */
  readonly add: (tensor: Tensor) => void;
  /** The value of a tensor in the graph's order of axes, as numbers. */
  readonly valueOf: (tensor: Tensor) => number;
  readonly planned: Omit<Plan, 'outputs' | 'updates'>;
}

/** Where a tensor's elements lie. */
interface Held {
  readonly value: number;
  readonly order: AxisOrder;
  readonly mask: boolean;
}

function createPlanner(updated: readonly string[]): Planner {
  const inputs = new Map<string, number>();
  const parameters = new Map<string, number>();
  const constants = new Map<number, AnyNdArray>();
  const steps: Step[] = [];
  const values: PlannedValue[] = [];
  const held = new Map<Tensor, Held>();
  const derived = new Map<string, number>();

  const leaf = (tensor: Tensor, steady: boolean): number => {
    const owner = values.length;
    values.push({ shape: lengthsOf(tensor), width: 4, owner, steady });
    hold(tensor, owner);
    return owner;
  };
  const hold = (tensor: Tensor, value: number): void => {
    held.set(tensor, { value, order: graphOrder(tensor.dims.length), mask: false });
  };
  const step = (
    kernel: Kernel,
    operands: readonly number[],
    { shape, order }: { readonly shape: readonly number[]; readonly order?: AxisOrder },
  ): number => {
    const output = values.length;
    const [first = output] = operands;
    values.push({
      shape: order === undefined ? shape : order.map((axis) => shape[axis] ?? 1),
      width: kernel.givesMask ? 1 : 4,
      owner: kernel.view ? (values[first]?.owner ?? output) : output,
      // What is repeated is cheaper made again than kept.
      steady: !kernel.names.includes('Tile') && operands.every((i) => values[i]?.steady ?? false),
    });
    steps.push({ kernel, inputs: operands, output, shape });
    return output;
  };
  /** A value made of another one by one kernel, once. */
  const from = (
    value: number,
    kernel: Kernel,
    {
      shape,
      permutation = [],
    }: { readonly shape: readonly number[]; readonly permutation?: readonly number[] },
  ): number => {
    const key = `${kernel.names.join()} ${permutation.join()} ${value} ${formatShape(shape)}`;
    const known = derived.get(key) ?? step(kernel, [value], { shape });
    derived.set(key, known);
    return known;
  };

  const need = (tensor: Tensor, order: AxisOrder): number => {
    const { op } = tensor;
    if (op.type === 'transpose') {
      return need(
        op.inputs[0],
        order.map((axis) => op.permutation[axis] ?? 0),
      );
    }
    const at = held.get(tensor);
    if (at === undefined) throw new Error(`${op.type} was not planned before its use`);
    const shape = lengthsOf(tensor);
    const lying = at.order.map((axis) => shape[axis] ?? 1);
    const numbers = at.mask ? from(at.value, asNumbers, { shape: lying }) : at.value;
    const permutation = between(at.order, order);
    if (permutation.every((axis, i) => axis === i)) return numbers;
    const wanted = order.map((axis) => shape[axis] ?? 1);
    return keepsMemory(permutation, lying)
      ? from(numbers, reshaped, { shape: wanted })
      : from(numbers, transposed(permutation), { shape: wanted, permutation });
  };
  const needMask = (tensor: Tensor): number => {
    const at = held.get(tensor);
    if (at?.mask) return at.value;
    return from(valueOf(tensor), notZero, { shape: lengthsOf(tensor) });
  };
  const valueOf = (tensor: Tensor): number => need(tensor, graphOrder(tensor.dims.length));

  const add = (tensor: Tensor): void => {
    const { op } = tensor;
    if (op.type === 'transpose') return;
    if (op.type === 'input') {
      inputs.set(op.name, leaf(tensor, false));
    } else if (op.type === 'parameter') {
      parameters.set(op.name, leaf(tensor, !updated.includes(op.name)));
    } else if (op.type === 'constant') {
      constants.set(leaf(tensor, true), op.value);
    } else if (op.type === 'withUpdate' || changesNothing(tensor)) {
      hold(tensor, valueOf(op.inputs[0]));
    } else {
      const kernel = kernelOf(op);
      const operands = op.inputs.map((x, i) =>
        kernel.takesMask && i === 0
          ? needMask(x)
          : need(x, kernel.takes?.[i] ?? graphOrder(x.dims.length)),
      );
      const order = kernel.gives ?? graphOrder(tensor.dims.length);
      const value = step(kernel, operands, { shape: lengthsOf(tensor), order });
      held.set(tensor, { value, order, mask: kernel.givesMask ?? false });
    }
  };
  return { add, valueOf, planned: { inputs, parameters, constants, steps, values } };
}

/** An operation that gives its operand as it is. */
function changesNothing({ op, dims }: Tensor): boolean {
  const [x] = op.inputs;
  if (x === undefined) return false;
  switch (op.type) {
    case 'sum':
    case 'mean':
    case 'max':
      return op.axes.length === 0;
    case 'cast':
      return deviceType(op.to) === deviceType(x.dtype);
    case 'concat':
      return op.inputs.length === 1;
    case 'reshape':
    case 'expand':
      return formatShape(x.dims) === formatShape(dims);
    default:
      return false;
  }
}

function lengthsOf({ dims }: Tensor): number[] {
  return dims.map(Number);
}
