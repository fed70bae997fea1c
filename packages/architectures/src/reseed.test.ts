import { createRandom, ndarray, parameter } from '@memae/graph';
import type { EpochState } from '@memae/training';
import { describe, expect, it } from 'vitest';
import { reseedUnused } from './reseed.ts';

const stored = parameter('memory.items', ndarray([3, 4, 2, 2, 0, 15, 4, 4], [4, 2]));
const care = reseedUnused(stored, { epochs: 2 });

function state(changes: Partial<EpochState> = {}): EpochState {
  return {
    epoch: 1,
    parameters: new Map([['memory.items', stored.op.initial]]),
    seen: { itemsInUse: [1, 0, 1, 0] },
    random: createRandom(1),
    ...changes,
  };
}

/** What the items become, and how many queries were asked for. */
async function cared(changes: Partial<EpochState>, queries: readonly number[] = [30, 40, -8, 6]) {
  let asked = 0;
  const found = await care(state(changes), (count) => {
    asked = count;
    return Promise.resolve(ndarray(queries, [queries.length / 2, 2]));
  });
  return { asked, items: found && [...(found.get('memory.items')?.data ?? [])] };
}

describe('reseedUnused', () => {
  it('lays items that no reading used along queries, as long as the others are on average', async () => {
    expect(await cared({})).toEqual({ asked: 2, items: [3, 4, 6, 8, 0, 15, -8, 6] });
    expect([...stored.op.initial.data]).toEqual([3, 4, 2, 2, 0, 15, 4, 4]);
  });

  it('replaces as many as there are queries', async () => {
    expect(await cared({}, [30, 40])).toEqual({ asked: 2, items: [3, 4, 6, 8, 0, 15, 4, 4] });
  });

  it('takes queries as they are where no item was in use, and one of length zero', async () => {
    const none = { seen: { itemsInUse: [0, 0, 0, 0] } };
    expect(await cared(none, [1, 2])).toEqual({ asked: 4, items: [1, 2, 2, 2, 0, 15, 4, 4] });
    expect(await cared({}, [0, 0])).toEqual({ asked: 2, items: [3, 4, 0, 0, 0, 15, 4, 4] });
  });

  it('does nothing where all are used, and after its last epoch', async () => {
    const nothing = { asked: 0, items: null };
    expect(await cared({ seen: { itemsInUse: [1, 1, 1, 1] } })).toEqual(nothing);
    expect(await cared({ epoch: 2 })).toMatchObject({ asked: 2 });
    expect(await cared({ epoch: 3 })).toEqual(nothing);
  });
});
