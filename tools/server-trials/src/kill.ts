// The server is killed under load and started again at the same port: clients that try again lose nothing, and nothing of
// the dead one stands in the way.

import { readdir } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { createClient } from './client.ts';
import { temporaryFolder } from './model.ts';
import { freePort, startServer } from './program.ts';
import { drawQuestions, isRight } from './questions.ts';
import { type Trial, type TrialContext, brokenOf, inParallel, inferPath } from './trial.ts';

const width = 16;
/** Of a request, over two minutes. */
const mostTries = 1200;

export const kill: Trial = {
  promise: 'kill -9 and a new start: clients that try again lose nothing, no file or port is left',
  requests: 20_000,
  run: async ({ models: [model], requests, seed, onProgress, keep }: TrialContext) => {
    const scratch = keep(await temporaryFolder());
    const port = await freePort();
    const start = async () =>
      keep(
        await startServer({
          words: [`model=${model.folder}`, '--threads', '1'],
          port,
          env: { TMPDIR: scratch.path },
        }),
      );
    const files = await readdir(model.folder);
    const questions = await drawQuestions(model, { count: 32, lengths: [1, 4, 2], seed });
    let server = await start();
    const client = keep(createClient(server.url, width));
    const counts = { right: 0, wrong: 0, lost: 0, again: 0 };
    const restarts: number[] = [];
    let asked = 0;
    const kills = Math.min(3, Math.ceil(requests / 1000));
    const killing = async (): Promise<void> => {
      while (restarts.length < kills) {
        const due = ((restarts.length + 1) * requests) / (kills + 1);
        while (asked < due) await after(5);
        const began = performance.now();
        await server.end('SIGKILL');
        server = await start();
        restarts.push((performance.now() - began) / 1000);
      }
    };
    const work = async (i: number): Promise<void> => {
      asked += 1;
      onProgress(`${asked} of ${requests} requests, ${restarts.length} kills`);
      const question = questions[i % questions.length];
      if (question === undefined) return;
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const answer = await client.ask(inferPath, question.message).catch(() => undefined);
        if (answer !== undefined && answer.status !== 503) {
          counts[isRight(answer, question) ? 'right' : 'wrong'] += 1;
          return;
        }
        counts.again += 1;
        await after(100);
      }
      counts.lost += 1;
    };
    await Promise.all([killing(), inParallel(requests, { width, work })]);
    await server.end('SIGKILL');
    const left = await readdir(scratch.path);
    const same = (await readdir(model.folder)).join() === files.join();
    return {
      figures: {
        requests,
        kills: restarts.length,
        ...counts,
        'seconds to a new start': restarts.map((seconds) => seconds.toFixed(1)).join(' '),
        'files left': left.length,
      },
      broken: brokenOf({
        'some requests were lost': counts.lost > 0 || counts.right + counts.wrong !== requests,
        'some answers are wrong': counts.wrong > 0,
        'the kill hit no request': counts.again === 0,
        [`files are left: ${left.join(', ')}`]: left.length > 0,
        "the model's folder has changed": !same,
      }),
    };
  },
};
