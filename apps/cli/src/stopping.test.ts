import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tellOfStopping } from './stopping.ts';

function stopped({ within }: { readonly within: number }) {
  const told: string[] = [];
  const interruption = new AbortController();
  const end = tellOfStopping(interruption.signal, {
    note: (message) => told.push(message),
    within,
  });
  return { told, interruption, end };
}

test('what is waited for is told once, where stopping takes long', async () => {
  const { told, interruption, end } = stopped({ within: 1 });
  await wait(20);
  expect(told).toEqual([]);
  interruption.abort();
  await expect
    .poll(() => told)
    .toEqual([expect.stringMatching(/^Stopping once the step .* again/)]);
  end();
});

test('nothing is told where it ends in time', async () => {
  const { told, interruption, end } = stopped({ within: 20 });
  interruption.abort();
  end();
  await wait(60);
  expect(told).toEqual([]);
});
