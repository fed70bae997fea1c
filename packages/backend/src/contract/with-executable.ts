// Compiles, lends and disposes: no case of the contract leaks what an engine holds.

import type { AnyNdArray, Program } from '@memae/graph';
import { expect } from 'vitest';
import type { Backend, Executable } from '../backend.ts';

export async function withExecutable<O extends string>(
  backend: Backend,
  program: Program<O>,
  use: (executable: Executable<O>) => Promise<void>,
): Promise<void> {
  const executable = await backend.compile(program);
  try {
    await use(executable);
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

/** The numbers of an output or parameter that must be there. */
export function numbers(array: AnyNdArray | undefined): number[] {
  if (array === undefined) return expect.fail('nothing came back under this name');
  return [...array.data];
}
