// A program is a graph made ready to run: named outputs, and values written back into parameters.

import { MemaeError } from './error.ts';
import { type NdArray, formatShape } from './ndarray.ts';
import type { Input, Parameter, Tensor } from './op.ts';
import { parameter } from './ops.ts';
import { rewrite } from './rewrite.ts';
import { inOrder } from './walk.ts';

/** A graph to run: its inputs and parameters are found by walking back from its outputs. */
export interface Program<Output extends string = string> {
  readonly inputs: readonly Input[];
  readonly outputs: Readonly<Record<Output, Tensor>>;
  readonly parameters: readonly Parameter[];
  /** Values written back into parameters after each run. Empty for a program that only scores. */
  readonly updates: ReadonlyMap<Parameter, Tensor>;
}

/** Values of parameters by name. */
export type ParameterValues = ReadonlyMap<string, NdArray>;

/**
 * Makes a program from the tensors wanted. Updates recorded in the graph by `withUpdate`
 * (running averages of batch norm) join the ones given.
 * @throws `GRAPH_DUPLICATE_NAME` when two inputs, two parameters or two updates share a name,
 * `GRAPH_SHAPE_MISMATCH` when an update does not have its parameter's shape and element type.
 */
export function defineProgram<const O extends Readonly<Record<string, Tensor>>>(
  outputs: O,
  updates: ReadonlyMap<Parameter, Tensor> = new Map(),
): Program<keyof O & string> {
  const all = new Map(updates);
  const roots = (): Tensor[] => [...Object.values(outputs), ...all.values()];
  // What an update computes may record further updates: look until nothing new turns up.
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const { op } of inOrder(roots())) {
      if (op.type !== 'withUpdate') continue;
      const known = all.get(op.parameter);
      if (known !== undefined && known !== op.inputs[1])
        throw duplicate('update', op.parameter.op.name);
      all.set(op.parameter, op.inputs[1]);
    }
  }
  return assemble(
    rewrite({ outputs, updates: all }, (tensor, [first]) =>
      tensor.op.type === 'withUpdate' ? first : undefined,
    ),
  );
}

/** Collects the leaves of a graph and checks their names. */
export function assemble<O extends string>(graph: {
  readonly outputs: Readonly<Record<O, Tensor>>;
  readonly updates: ReadonlyMap<Parameter, Tensor>;
}): Program<O> {
  const inputs = new Map<string, Input>();
  const parameters = new Map<string, Parameter>();
  const leaves = inOrder([
    ...Object.values<Tensor>(graph.outputs),
    ...graph.updates.values(),
    ...graph.updates.keys(),
  ]);
  for (const tensor of leaves) {
    if (isInput(tensor)) claim(inputs, 'input', tensor);
    if (isParameter(tensor)) claim(parameters, 'parameter', tensor);
  }
  for (const [target, next] of graph.updates) {
    if (formatShape(next.dims) !== formatShape(target.dims) || next.dtype !== target.dtype) {
      throw new MemaeError(
        'GRAPH_SHAPE_MISMATCH',
        `The update of ${target.op.name} is ${next.dtype} ${formatShape(next.dims)}, ` +
          `but the parameter is ${target.dtype} ${formatShape(target.dims)}.`,
      );
    }
  }
  return { ...graph, inputs: [...inputs.values()], parameters: [...parameters.values()] };
}

/**
 * The same program starting from other parameter values, those of `readParameters` for example;
 * parameters without a value keep theirs.
 * @throws `GRAPH_SHAPE_MISMATCH` when a value does not have its parameter's shape.
 */
export function bindParameters<O extends string>(
  program: Program<O>,
  values: ParameterValues,
): Program<O> {
  return assemble(
    rewrite(program, (tensor) => {
      const value = isParameter(tensor) ? values.get(tensor.op.name) : undefined;
      if (!isParameter(tensor) || value === undefined) return undefined;
      if (formatShape(value.shape) !== formatShape(tensor.dims)) {
        throw new MemaeError(
          'GRAPH_SHAPE_MISMATCH',
          `Parameter ${tensor.op.name} has shape ${formatShape(tensor.dims)}, ` +
            `but the value has ${formatShape(value.shape)}.`,
        );
      }
      return parameter(tensor.op.name, value);
    }),
  );
}

export function isInput(tensor: Tensor): tensor is Input {
  return tensor.op.type === 'input';
}

export function isParameter(tensor: Tensor): tensor is Parameter {
  return tensor.op.type === 'parameter';
}

function claim<T extends Input | Parameter>(taken: Map<string, T>, kind: string, leaf: T): void {
  if (taken.has(leaf.op.name)) throw duplicate(kind, leaf.op.name);
  taken.set(leaf.op.name, leaf);
}

function duplicate(kind: string, name: string): MemaeError {
  return new MemaeError(
    'GRAPH_DUPLICATE_NAME',
    `Two ${kind}s are named ${name}; give each its own name.`,
  );
}
