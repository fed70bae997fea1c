import { expect, test } from 'vitest';
import { oneAhead } from './one-ahead.ts';

test('an item is begun while the one before it is used; a failure waits for its turn', async () => {
  const begun: number[] = [];
  let closed = 0;
  async function* items(): AsyncGenerator<number> {
    try {
      for (let item = 1; ; item += 1) {
        begun.push(item);
        await Promise.resolve();
        if (item === 3) throw new Error('the third');
        yield item;
      }
    } finally {
      closed += 1;
    }
  }
  const ahead = oneAhead(items());
  expect(begun).toEqual([]);
  expect(await ahead.next()).toEqual({ done: false, value: 1 });
  expect(begun).toEqual([1, 2]);
  expect((await ahead.next()).value).toBe(2);
  expect(begun).toEqual([1, 2, 3]);
  await expect(ahead.next()).rejects.toThrow('the third');
  expect(closed).toBe(1);

  for await (const item of oneAhead(items())) if (item === 1) break;
  expect(closed).toBe(2);
});
