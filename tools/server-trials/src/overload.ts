// Twice as many requests a second as the server answers: each gets a right answer, or 503 and when to come again.

import { setTimeout as after } from 'node:timers/promises';
import { createClient } from './client.ts';
import { watchMemory } from './memory.ts';
import { startServer } from './program.ts';
import { drawQuestions, isRight } from './questions.ts';
import {
  type Trial,
  type TrialContext,
  brokenOf,
  inParallel,
  inferPath,
  quantile,
} from './trial.ts';

const limits = ['--threads', '1', '--max-batch-size', '8', '--max-queue-size', '64'];

export const overload: Trial = {
  promise: 'at twice what it can carry, each request gets a right answer or 503 with Retry-After',
  requests: 100_000,
  run: async ({ models: [model], requests, seed, onProgress, keep }: TrialContext) => {
    const questions = await drawQuestions(model, { count: 64, lengths: [1, 2, 4, 8, 3], seed });
    const server = keep(await startServer({ words: [`model=${model.folder}`, ...limits] }));
    const client = keep(createClient(server.url, 512));
    const counts = { right: 0, refused: 0, wrong: 0, silent: 0, other: 0, failed: 0 };
    const waits: number[] = [];
    const ask = async (i: number): Promise<void> => {
      const question = questions[i % questions.length];
      if (question === undefined) return;
      const began = performance.now();
      const answer = await client.ask(inferPath, question.message).catch(() => undefined);
      if (answer === undefined) counts.failed += 1;
      else if (answer.status === 503) {
        counts[answer.headers['retry-after'] === undefined ? 'silent' : 'refused'] += 1;
      } else if (answer.status !== 200) counts.other += 1;
      else {
        counts[isRight(answer, question) ? 'right' : 'wrong'] += 1;
        waits.push(performance.now() - began);
      }
    };

    const trying = Math.max(50, Math.min(4000, requests / 20));
    await inParallel(trying, { width: 32, work: ask });
    const tried = performance.now();
    await inParallel(trying, { width: 32, work: ask });
    const carried = (1000 * trying) / (performance.now() - tried);

    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] = 0;
    waits.length = 0;
    const memory = watchMemory(server);
    const began = performance.now();
    const asked: Promise<void>[] = [];
    while (asked.length < requests) {
      const due = Math.min(requests, ((performance.now() - began) / 1000) * 2 * carried);
      while (asked.length < due) asked.push(ask(asked.length));
      onProgress(`${asked.length} of ${requests} requests sent`);
      await after(5);
    }
    const sending = (performance.now() - began) / 1000;
    await Promise.all(asked);
    const taken = (performance.now() - began) / 1000;
    const held = await memory.end();
    const answered = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return {
      figures: {
        'carried a second': Math.round(carried),
        'sent a second': Math.round(requests / sending),
        requests,
        ...counts,
        seconds: Number(taken.toFixed(1)),
        'p50 of right ones, ms': Number(quantile(waits, 0.5).toFixed(1)),
        'p99 of right ones, ms': Number(quantile(waits, 0.99).toFixed(1)),
        'memory over time, MB': held.megabytes.join(' '),
      },
      broken: brokenOf({
        'some answers are wrong': counts.wrong > 0,
        'some 503 have no Retry-After': counts.silent > 0,
        'some answers are neither right nor 503': counts.other > 0,
        'some requests got no answer': counts.failed > 0 || answered !== requests,
        'nothing was answered right': counts.right === 0,
        'nothing was refused: it was no overload': counts.refused === 0,
        'memory grows': held.grows,
        'the server has ended': !server.runs(),
      }),
    };
  },
};
