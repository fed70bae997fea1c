// A program without updates: one portable model for any batch, parameters inside it.

import type { Program } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import type { Feeds, Fetches } from '../backend.ts';
import type { Computation } from '../executable.ts';
import { outputName, withNameSpaces } from './name-spaces.ts';
import { type OnnxRuntime, createSession, fromTensor, toTensor } from './runtime.ts';

export async function scoringComputation<O extends string>(
  program: Program<O>,
  runtime: OnnxRuntime,
): Promise<Computation<O>> {
  const session = await createSession(runtime, encodeOnnx(withNameSpaces(program)));
  return {
    run: async (feeds) => fetchesOf(program, await session.run(tensorsOf(feeds, runtime))),
    readParameters: () =>
      new Map(
        program.parameters.map(({ op }) => [
          op.name,
          { ...op.initial, data: op.initial.data.slice() },
        ]),
      ),
    dispose: () => session.release(),
  };
}

export function tensorsOf(
  feeds: Feeds,
  runtime: OnnxRuntime,
): Record<string, ReturnType<typeof toTensor>> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, array]) => [name, toTensor(runtime, array)]),
  );
}

export function fetchesOf<O extends string>(
  program: Program<O>,
  results: Readonly<Record<string, ReturnType<typeof toTensor>>>,
): Fetches<O> {
  const entries = Object.entries<Program['outputs'][string]>(program.outputs).map(
    ([name, { dtype }]) => {
      const tensor = results[outputName(name)];
      if (tensor === undefined) throw new TypeError(`the model gave no output ${name}`);
      return [name, fromTensor(tensor, dtype)] as const;
    },
  );
  return Object.fromEntries(entries) as Fetches<O>;
}
