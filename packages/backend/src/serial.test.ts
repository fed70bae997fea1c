import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { serial } from './serial.ts';

it('starts a task only when those before it have settled', async () => {
  const enqueue = serial();
  const seen: string[] = [];
  const task = (name: string, wait: number) => async () => {
    seen.push(`${name} starts`);
    await setTimeout(wait);
    seen.push(`${name} ends`);
    return name;
  };
  const names = await Promise.all([enqueue(task('slow', 20)), enqueue(task('fast', 0))]);
  expect(names).toEqual(['slow', 'fast']);
  expect(seen).toEqual(['slow starts', 'slow ends', 'fast starts', 'fast ends']);
});

it('goes on after a task that fails, and gives the failure to its caller only', async () => {
  const enqueue = serial();
  const failing = enqueue(() => {
    throw new Error('broken');
  });
  const next = enqueue(() => 2);
  await expect(failing).rejects.toThrow('broken');
  await expect(next).resolves.toBe(2);
});
