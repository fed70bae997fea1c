// A model's tensors at the border: described in the protocol's terms, and held to them.

import { type AnyNdArray, formatShape, sizeOf } from '@memae/graph';
import type { Manifest, TensorSpec } from '@memae/onnx';
import { type Datatype, type WireTensor, datatypeOf } from './datatypes.ts';
import { serverError } from './error.ts';
import { toArray } from './to-array.ts';

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 where any length will do. */
  readonly shape: readonly number[];
}

/** A tensor of the manifest in the protocol's terms. */
export function metadataOf(name: string, { dtype, dims }: TensorSpec): TensorMetadata {
  const shape = dims.map((dim) => (dim === 'batch' ? -1 : dim));
  return { name, datatype: datatypeOf[dtype], shape };
}

/**
 * The one input as the model takes it.
 * @throws `SERVER_BAD_REQUEST` saying what was expected and what came
 */
export function samplesOf(tensors: readonly WireTensor[], input: Manifest['input']): AnyNdArray {
  const [tensor] = tensors;
  const wanted = `the one input "${input.name}", ${datatypeOf[input.dtype]} ${formatShape(input.dims)}`;
  const refuse = (came: string): Error =>
    serverError('SERVER_BAD_REQUEST', `The model takes ${wanted}, but ${came}.`);
  if (tensor?.name !== input.name || tensors.length > 1) {
    throw refuse(`there came ${tensors.map(({ name }) => `"${name}"`).join(', ') || 'none'}`);
  }
  const { datatype, shape, data } = tensor;
  if (datatype === 'BYTES') throw refuse('BYTES came: it takes numbers');
  const fits =
    shape.length === input.dims.length &&
    input.dims.every((dim, axis) =>
      dim === 'batch' ? (shape[axis] ?? 0) > 0 : dim === shape[axis],
    );
  if (!fits) throw refuse(`its shape came as ${formatShape(shape)}`);
  if (data.length !== sizeOf(shape)) {
    throw refuse(`${data.length} elements came for its shape ${formatShape(shape)}`);
  }
  return toArray(tensor, input.dtype);
}

/** @throws `SERVER_BAD_REQUEST` naming the first that the model does not have, or that is there twice */
export function requireOutputs(wanted: readonly string[], known: readonly string[]): void {
  const odd = wanted.find((name, i) => !known.includes(name) || wanted.indexOf(name) < i);
  if (odd === undefined) return;
  throw serverError(
    'SERVER_BAD_REQUEST',
    known.includes(odd)
      ? `The output "${odd}" is asked for twice.`
      : `The model has no output "${odd}". It has ${known.join(', ')}.`,
  );
}
