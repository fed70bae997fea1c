// An inference request as it came over HTTP: its tensors, from JSON or from the bytes after it, and what is wanted back.

import { type WireTensor, decodeElements, requireDatatype } from '../core/datatypes.ts';
import { serverError } from '../core/error.ts';
import { tailOf } from './infer-body.ts';
import { readElements } from './json-elements.ts';

type Parameters = Readonly<Record<string, string | number | boolean>>;

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

export interface InferRequest {
  readonly inputs: readonly WireTensor[];
  /** Missing where all are wanted. */
  readonly outputs?: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number;
  /** Whether an output is to come as bytes. */
  readonly binary: (output: string) => boolean;
}

/** @throws `SERVER_BAD_REQUEST` naming what is wrong, or what this server does not do */
export function readRequest(body: InferBody): InferRequest {
  const { parameters = {}, outputs = [] } = body;
  refuseExtensions(parameters, ['sequence_id', 'sequence_start', 'sequence_end', 'priority']);
  for (const output of outputs) {
    refuseExtensions(output.parameters ?? {}, ['classification', 'shared_memory_region']);
  }
  const timeout = whole(parameters, 'timeout');
  const all = flag(parameters, 'binary_data_output') ?? false;
  const binary = new Map(
    outputs.map(({ name, parameters: own = {} }) => [name, flag(own, 'binary_data') ?? all]),
  );
  return {
    inputs: readInputs(body),
    ...(outputs.length > 0 && { outputs: outputs.map(({ name }) => name) }),
    // As Triton has it, in microseconds; 0 stands for none.
    ...(timeout !== undefined && timeout > 0 && { timeout: Math.max(1, timeout / 1000) }),
    binary: (output) => binary.get(output) ?? all,
  };
}

function readInputs(body: InferBody): WireTensor[] {
  const tail = tailOf(body);
  let at = 0;
  const tensors = body.inputs.map(({ name, shape, datatype: named, parameters = {}, data }) => {
    refuseExtensions(parameters, ['shared_memory_region']);
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

function refuseExtensions(parameters: Parameters, names: readonly string[]): void {
  const name = names.find((each) => Object.hasOwn(parameters, each));
  if (name === undefined) return;
  throw refuse(
    `The parameter "${name}" is of an extension that this server does not have. Leave it out.`,
  );
}

function whole(parameters: Parameters, name: string): number | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(
    `The parameter "${name}" must be a whole number, 0 or more, but ${String(value)} came.`,
  );
}

function flag(parameters: Parameters, name: string): boolean | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(`The parameter "${name}" must be true or false, but ${String(value)} came.`);
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_REQUEST', message);
}
