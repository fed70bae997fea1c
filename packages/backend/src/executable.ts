// What every engine's executable does alike: order of calls, refusal of bad feeds, disposal, named errors.

import { MemaeError, type ParameterValues, type Program } from '@memae/graph';
import type { Executable, Feeds, Fetches } from './backend.ts';
import { checkFeeds } from './check-feeds.ts';
import { backendError } from './error.ts';
import { serial } from './serial.ts';

/** The part that is the engine's own. No two of these calls ever overlap. */
export interface Computation<Output extends string> {
  /** Computes, then commits the updates; `feeds` are checked and hold `batch` samples. */
  run(feeds: Feeds, batch: number): Fetches<Output> | Promise<Fetches<Output>>;
  readParameters(): ParameterValues | Promise<ParameterValues>;
  /** Frees what the computation holds; called once, after the calls made before it. */
  dispose?(): void | Promise<void>;
}

/** Makes an executable of a computation. Errors that are not a `MemaeError` become `BACKEND_FAILED`. */
export function createExecutable<Output extends string>(
  program: Program<Output>,
  engine: string,
  computation: Computation<Output>,
): Executable<Output> {
  const enqueue = serial();
  let disposed: Promise<void> | undefined;
  const call = async <T>(task: () => T | Promise<T>): Promise<T> => {
    if (disposed !== undefined) {
      const message = 'the executable has been disposed; compile the program again.';
      throw backendError(engine, 'BACKEND_DISPOSED', { message });
    }
    try {
      return await enqueue(task);
    } catch (error) {
      if (error instanceof MemaeError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw backendError(engine, 'BACKEND_FAILED', { message, cause: error });
    }
  };
  return {
    run: (feeds) => call(() => computation.run(feeds, checkFeeds(program, feeds, engine))),
    readParameters: () => call(() => computation.readParameters()),
    [Symbol.asyncDispose]: () => (disposed ??= enqueue(() => computation.dispose?.())),
  };
}
