// The one suite that every engine passes. Call it in a vitest file: `backendContract(provider)`.

import { type OpType, constant, defineProgram } from '@memae/graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendProvider } from '../backend.ts';
import { describeLearning } from './learning.ts';
import { describeOperations } from './operations.ts';
import { describePrograms } from './programs.ts';
import { describeRefusals } from './refusals.ts';

export interface ContractOptions {
  /**
   * Operations that the engine may refuse to compile, as some for scoring refuse those of gradients.
   * What is computed without them is held against the suite all the same.
   */
  readonly lacks?: readonly OpType[];
}

/** Declares the suite for one engine, which must be able to run on this machine. */
export function backendContract(
  provider: BackendProvider,
  { lacks = [] }: ContractOptions = {},
): void {
  describe(`contract: ${provider.id}`, () => {
    let opened: Backend | undefined;
    const backend = (): Backend => {
      if (opened === undefined) throw new Error('the engine has not been opened');
      return opened;
    };
    beforeAll(async () => {
      opened = await provider.open();
    });
    afterAll(async () => {
      await opened?.[Symbol.asyncDispose]();
    });
    describeOperations(backend, lacks);
    describePrograms(backend);
    describeLearning(backend, lacks);
    describeRefusals(backend);

    it('refuses to compile once it has been disposed', async () => {
      const other = await provider.open();
      await other[Symbol.asyncDispose]();
      await expect(other.compile(defineProgram({ one: constant(1) }))).rejects.toMatchObject({
        code: 'BACKEND_DISPOSED',
        message: expect.stringContaining(`${provider.id}: `) as string,
      });
    });
  });
}
