// An inference request as it came over HTTP: its tensors, from JSON or from the bytes after it, and what is wanted back.

import { type WireTensor, decodeElements, requireDatatype } from '../core/datatypes.ts';
import { serverError } from '../core/error.ts';
import { type Parameters, type Wanted, flag, readWanted, whole } from '../core/infer-parameters.ts';
import { tailOf } from './infer-body.ts';
import { readElements } from './json-elements.ts';

/** What `inferRequest` in `schemas.ts` lets pass. */
export interface InferBody {
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly datatype: string;
    readonly parameters?: Parameters;
    readonly data?: readonly unknown[];
  }[];
  readonly outputs?: readonly { readonly name: string; readonly parameters?: Parameters }[];
}

export interface InferRequest extends Wanted {
  readonly inputs: readonly WireTensor[];
  /** Whether an output is to come as bytes. */
  readonly binary: (output: string) => boolean;
}

/** @throws `SERVER_BAD_REQUEST` naming what is wrong, or what this server does not do */
export function readRequest(body: InferBody): InferRequest {
  const { parameters = {}, outputs = [] } = body;
  const all = flag(parameters, 'binary_data_output') ?? false;
  const binary = new Map(
    outputs.map(({ name, parameters: own = {} }) => [name, flag(own, 'binary_data') ?? all]),
  );
  return {
    ...readWanted(body),
    inputs: readInputs(body),
    binary: (output) => binary.get(output) ?? all,
  };
}

function readInputs(body: InferBody): WireTensor[] {
  const tail = tailOf(body);
  let at = 0;
  const tensors = body.inputs.map(({ name, shape, datatype: named, parameters = {}, data }) => {
    const datatype = requireDatatype(named);
    const size = whole(parameters, 'binary_data_size');
    if ((size === undefined) === (data === undefined)) {
      throw refuse(
        `Input "${name}" has ${data === undefined ? 'neither' : 'both'} "data" and "binary_data_size"; one of them was expected.`,
      );
    }
    if (data !== undefined) {
      return { name, datatype, shape, data: readElements(data, { name, datatype, shape }) };
    }
    const end = at + (size ?? 0);
    if (end > tail.byteLength) {
      throw refuse(
        `Input "${name}" should end at byte ${end} after the JSON, but there are ${tail.byteLength} bytes.`,
      );
    }
    const bytes = tail.subarray(at, end);
    at = end;
    return { name, datatype, shape, data: decodeElements(datatype, bytes) };
  });
  if (at !== tail.byteLength) {
    throw refuse(`${tail.byteLength} bytes follow the JSON, but its inputs take ${at} of them.`);
  }
  return tensors;
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_REQUEST', message);
}
