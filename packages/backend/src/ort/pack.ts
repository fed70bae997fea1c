// All parameters, and every moment of the optimiser, in one flat vector: one tensor goes into a
// step and one comes out, whatever the network.

import {
  type Graph,
  type NdArray,
  type Parameter,
  type ParameterValues,
  concat,
  isParameter,
  ndarray,
  parameter,
  reshape,
  rewrite,
  sizeOf,
  sliceAxis,
} from '@memae/graph';

/** Where each parameter lies in the flat vector. */
export interface Packing {
  readonly length: number;
  readonly places: ReadonlyMap<
    string,
    { readonly start: number; readonly shape: readonly number[] }
  >;
}

/** Lays parameters out one after the other, in the order given. */
export function createPacking(parameters: readonly Parameter[]): Packing {
  let length = 0;
  const places = new Map<string, { start: number; shape: readonly number[] }>();
  for (const { op } of parameters) {
    places.set(op.name, { start: length, shape: op.initial.shape });
    length += op.initial.data.length;
  }
  return { length, places };
}

/** The name of the flat vector's parameter. */
export const stateName = 'state';

/** Replaces the parameters of a graph by slices of one parameter, which its updates rewrite whole. */
export function pack<O extends string>(graph: Graph<O>, packing: Packing): Graph<O> {
  const state = parameter(stateName, ndarray(new Float32Array(packing.length), [packing.length]));
  const nextOf = new Map([...graph.updates].map(([target, next]) => [target.op.name, next]));
  const next = [...packing.places].map(([name, { start, shape }]) => {
    const value = nextOf.get(name);
    const length = sizeOf(shape);
    return value === undefined
      ? sliceAxis(state, { axis: 0, start, end: start + length })
      : reshape(value, [length]);
  });
  return rewrite(
    { outputs: graph.outputs, updates: new Map([[state, concat(next, 0)]]) },
    (tensor) => {
      const place = isParameter(tensor) ? packing.places.get(tensor.op.name) : undefined;
      if (place === undefined) return undefined;
      const { start, shape } = place;
      return reshape(sliceAxis(state, { axis: 0, start, end: start + sizeOf(shape) }), shape);
    },
  );
}

/** Copies parameter values into the flat vector; those without a value keep what is there. */
export function writeState(state: Float32Array, packing: Packing, values: ParameterValues): void {
  for (const [name, { start }] of packing.places) {
    const value = values.get(name);
    if (value !== undefined) state.set(value.data, start);
  }
}

/** Copies parameter values out of the flat vector. */
export function readState(state: Float32Array, packing: Packing): Map<string, NdArray> {
  return new Map(
    [...packing.places].map(([name, { start, shape }]) => [
      name,
      ndarray(state.slice(start, start + sizeOf(shape)), shape),
    ]),
  );
}
