// The border of every engine: feeds that do not fit the program are refused before work starts.

import { type AnyNdArray, type Program, formatShape, sizeOf } from '@memae/graph';
import type { Feeds } from './backend.ts';
import { backendError } from './error.ts';

/**
 * Holds feeds against the program's inputs and gives the length of the axis `batch`;
 * 1 for a program whose inputs have no such axis.
 * @throws `BACKEND_BAD_FEED` naming the feed, what was expected and what came.
 */
export function checkFeeds(program: Program, feeds: Feeds, engine: string): number {
  const refuse = (message: string): never => {
    throw backendError(engine, 'BACKEND_BAD_FEED', { message });
  };
  const names = program.inputs.map(({ op }) => op.name);
  const unknown = Object.keys(feeds).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    refuse(`the program has no input "${unknown}"; it takes ${list(names)}.`);
  }

  let batch: { readonly length: number; readonly from: string } | undefined;
  for (const { op, dims, dtype } of program.inputs) {
    const { name } = op;
    const expected = `feed "${name}" must be ${dtype} ${formatShape(dims)}`;
    const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
    if (feed === undefined) {
      return refuse(`${expected}, but it is missing; there came ${list(Object.keys(feeds))}.`);
    }
    const fits =
      feed.dtype === dtype &&
      feed.shape.length === dims.length &&
      dims.every((dim, axis) => dim === 'batch' || dim === feed.shape[axis]);
    if (!fits) refuse(`${expected}, but ${describe(feed)} came.`);
    if (feed.data.length !== sizeOf(feed.shape)) {
      refuse(`${expected}, but ${describe(feed)} came with ${feed.data.length} elements.`);
    }
    dims.forEach((dim, axis) => {
      const length = feed.shape[axis] ?? 0;
      if (dim !== 'batch') return;
      if (length < 1) refuse(`${expected} with one sample at least, but ${describe(feed)} came.`);
      batch ??= { length, from: name };
      if (length !== batch.length) {
        refuse(
          `${expected}, but ${describe(feed)} came with ${length} samples ` +
            `where "${batch.from}" has ${batch.length}.`,
        );
      }
    });
  }
  return batch?.length ?? 1;
}

function describe({ dtype, shape }: AnyNdArray): string {
  return `${dtype} ${formatShape(shape)}`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
