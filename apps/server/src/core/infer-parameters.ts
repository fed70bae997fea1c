// The parameters of inference requests: those that this server takes, checked, and those of extensions that it does not
// have, refused by name.

import { serverError } from './error.ts';

export type Parameters = Readonly<Record<string, string | number | boolean>>;

interface Asked {
  readonly parameters?: Parameters | undefined;
  readonly inputs: readonly { readonly parameters?: Parameters | undefined }[];
  readonly outputs?:
    readonly { readonly name: string; readonly parameters?: Parameters | undefined }[] | undefined;
}

export interface Wanted {
  /** Missing where all are wanted. */
  readonly outputs?: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number;
}

/** @throws `SERVER_BAD_REQUEST` naming what is wrong, or what this server does not do */
export function readWanted({ parameters = {}, inputs, outputs = [] }: Asked): Wanted {
  refuseExtensions(parameters, ['sequence_id', 'sequence_start', 'sequence_end', 'priority']);
  for (const { parameters: own = {} } of inputs) refuseExtensions(own, ['shared_memory_region']);
  for (const { parameters: own = {} } of outputs) {
    refuseExtensions(own, ['classification', 'shared_memory_region']);
  }
  const timeout = whole(parameters, 'timeout');
  return {
    ...(outputs.length > 0 && { outputs: outputs.map(({ name }) => name) }),
    // As Triton has it, in microseconds; 0 stands for none.
    ...(timeout !== undefined && timeout > 0 && { timeout: Math.max(1, timeout / 1000) }),
  };
}

function refuseExtensions(parameters: Parameters, names: readonly string[]): void {
  const name = names.find((each) => Object.hasOwn(parameters, each));
  if (name === undefined) return;
  throw refuse(
    `The parameter "${name}" is of an extension that this server does not have. Leave it out.`,
  );
}

/** @throws `SERVER_BAD_REQUEST` */
export function whole(parameters: Parameters, name: string): number | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(
    `The parameter "${name}" must be a whole number, 0 or more, but ${String(value)} came.`,
  );
}

/** @throws `SERVER_BAD_REQUEST` */
export function flag(parameters: Parameters, name: string): boolean | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(`The parameter "${name}" must be true or false, but ${String(value)} came.`);
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_REQUEST', message);
}
