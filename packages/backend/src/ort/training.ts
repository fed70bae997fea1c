// A program with updates: forward, backward and optimiser as one model for one batch size, whose
// parameters go in as one flat vector and come out as another.

import { type Program, assemble, specialise } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Computation } from '../executable.ts';
import { channelsLast } from '../passes/channels-last.ts';
import { simplify } from '../passes/simplify.ts';
import { columnsOf } from './convolutions.ts';
import { outputName, parameterName, withNameSpaces } from './name-spaces.ts';
import { createPacking, pack, readState, stateName, writeState } from './pack.ts';
import { rowSums } from './row-sums.ts';
import { type OnnxRuntime, createSession } from './runtime.ts';
import { fetchesOf, tensorsOf } from './scoring.ts';

/** The model of one training step at one batch size, parameters packed into the input `state`. */
function encodeStep(program: Program, batch: number): Uint8Array {
  const graph = simplify(specialise(program, batch));
  const lowered = simplify(rowSums(simplify(channelsLast(graph, columnsOf(graph)))));
  return encodeOnnx(withNameSpaces(assemble(simplify(pack(lowered, packingOf(program))))), {
    parameters: 'inputs',
  });
}

export function trainingComputation<O extends string>(
  program: Program<O>,
  runtime: OnnxRuntime,
): Computation<O> {
  const packing = packingOf(program);
  let now: OrtTensor = new runtime.library.Tensor('float32', new Float32Array(packing.length), [
    packing.length,
  ]);
  const values = (): Float32Array => now.data as Float32Array;
  writeState(values(), packing, new Map(program.parameters.map(({ op }) => [op.name, op.initial])));

  // The last partial batch of an epoch has a size of its own: few sessions, made when first needed.
  const sessions = new Map<number, InferenceSession>();
  const sessionFor = async (batch: number): Promise<InferenceSession> => {
    const known = sessions.get(batch);
    if (known !== undefined) return known;
    const session = await createSession(runtime, encodeStep(program, batch));
    sessions.set(batch, session);
    for (const [size, oldest] of sessions) {
      if (sessions.size <= mostSessions) break;
      sessions.delete(size);
      await oldest.release();
    }
    return session;
  };

  const state = parameterName(stateName);
  const updated = `update:${state}`;
  const names = Object.keys(program.outputs).map(outputName);
  return {
    run: async (feeds, batch) => {
      const session = await sessionFor(batch);
      const results = await session.run({ ...tensorsOf(feeds, runtime), [state]: now }, [
        ...names,
        updated,
      ]);
      const { [updated]: next } = results;
      if (next !== undefined) {
        release(now);
        now = next;
      }
      return fetchesOf(program, results);
    },
    readParameters: () => readState(values(), packing),
    dispose: async () => {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

/**
 * Gives a tensor's memory back at once where Node can (from 21 on). ONNX Runtime computes the new values where activations
 * lay before, and hands out a copy; so memory holds the parameters twice while they are copied, and once else.
 */
function release({ data }: OrtTensor): void {
  const { buffer } = data as Float32Array & { readonly buffer: Transferable };
  buffer.transfer?.(0);
}

interface Transferable {
  readonly transfer?: (length: number) => ArrayBuffer;
}

const mostSessions = 4;

/** Updated parameters first, in the updates' order, so that an optimiser's own flat vectors stay whole. */
function packingOf(program: Program): ReturnType<typeof createPacking> {
  const updated = [...program.updates.keys()];
  return createPacking([...updated, ...program.parameters.filter((p) => !updated.includes(p))]);
}
