// Engines for scoring may lack operations of gradients: they say so when a program is compiled.

import { type OpType, type Program, hasCode, inOrder } from '@memae/graph';
import { expect } from 'vitest';
import type { Backend } from '../backend.ts';

/** Whether the engine refuses a program that has operations which it is known to lack, naming itself. */
export async function isRefused(
  backend: Backend,
  program: Program,
  lacks: readonly OpType[],
): Promise<boolean> {
  const roots = [...Object.values(program.outputs), ...program.updates.values()];
  if (!inOrder(roots).some(({ op }) => lacks.includes(op.type))) return false;
  try {
    await (await backend.compile(program))[Symbol.asyncDispose]();
    return false;
  } catch (error) {
    if (!hasCode(error, 'BACKEND_UNSUPPORTED_OP')) throw error;
    expect((error as Error).message).toContain(`${backend.id}: `);
    return true;
  }
}
