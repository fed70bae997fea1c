// The executable specification: slow, plain, and right. Other engines are compared with it.

import type { AnyNdArray, Input, NdArray, Parameter, Program, Tensor } from '@memae/graph';
import type { Backend, BackendProvider, Fetches } from '../backend.ts';
import { backendError } from '../error.ts';
import { type Computation, createExecutable } from '../executable.ts';
import { evaluate } from './evaluate.ts';
import { type Value, fromArray, toArray } from './value.ts';

const id = 'reference';

/** Plain loops in float64, rounded to float32 when values leave. Runs everywhere. */
export const referenceBackend: BackendProvider<'reference'> = {
  id,
  unavailable: () => Promise.resolve(null),
  open: () => Promise.resolve(open()),
};

function open(): Backend {
  let disposed = false;
  return {
    id,
    description: 'plain loops in float64',
    compile: (program) => {
      if (!disposed) return Promise.resolve(createExecutable(program, id, interpret(program)));
      const message = 'the backend has been disposed; open it again.';
      return Promise.reject(backendError(id, 'BACKEND_DISPOSED', { message }));
    },
    [Symbol.asyncDispose]: () => {
      disposed = true;
      return Promise.resolve();
    },
  };
}

function interpret<O extends string>(program: Program<O>): Computation<O> {
  let parameters: ReadonlyMap<Parameter, NdArray> = new Map(
    program.parameters.map((parameter) => [parameter, parameter.op.initial]),
  );
  const outputs = Object.entries<Tensor>(program.outputs);
  const roots = [...outputs.map(([, tensor]) => tensor), ...program.updates.values()];
  return {
    run: (feeds, batch) => {
      const leaves = new Map<Input | Parameter, Value>();
      for (const [parameter, value] of parameters) leaves.set(parameter, fromArray(value));
      for (const input of program.inputs) {
        const feed = feeds[input.op.name];
        if (feed !== undefined) leaves.set(input, fromArray(feed));
      }
      const values = evaluate(roots, { leaves, batch });
      const leave = (tensor: Tensor): AnyNdArray => {
        const value = values.get(tensor);
        if (value === undefined) throw new Error(`${tensor.op.type} was not computed`);
        return toArray(value, tensor.dtype);
      };
      const fetches = outputs.map(([name, tensor]) => [name, leave(tensor)]);
      parameters = new Map([
        ...parameters,
        ...[...program.updates].map(([parameter, next]): [Parameter, NdArray] => [
          parameter,
          leave(next) as NdArray,
        ]),
      ]);
      return Object.fromEntries(fetches) as Fetches<O>;
    },
    readParameters: () =>
      new Map(
        [...parameters].map(([{ op }, { dtype, shape, data }]) => [
          op.name,
          { dtype, shape, data: data.slice() },
        ]),
      ),
  };
}
