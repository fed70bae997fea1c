// Another model takes the served one's place, again and again, while requests go on: none fails, and each answer is
// wholly of one of the two.

import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { createClient } from './client.ts';
import { watchMemory } from './memory.ts';
import { temporaryFolder } from './model.ts';
import { startServer } from './program.ts';
import { drawQuestions, isRight } from './questions.ts';
import { type Trial, type TrialContext, brokenOf, inferPath } from './trial.ts';
import { jsonMessage } from './wire.ts';

const width = 16;

export const reload: Trial = {
  promise: 'a model is loaded again under load: no request fails, each answer is of one of the two',
  requests: 20_000,
  run: async ({ models, requests, seed, onProgress, keep }: TrialContext) => {
    const folder = keep(await temporaryFolder());
    const served = join(folder.path, 'served');
    await symlink(models[0].folder, served);
    /** As a deployment does it: the link is another from one moment to the next. */
    const serve = async (which: 0 | 1): Promise<void> => {
      await symlink(models[which].folder, `${served}.new`);
      await rename(`${served}.new`, served);
    };
    const drawn = { count: 32, lengths: [1, 4, 2], seed };
    const questions = await Promise.all(models.map((model) => drawQuestions(model, drawn)));
    const server = keep(await startServer({ words: [`model=${served}`, '--threads', '1'] }));
    const client = keep(createClient(server.url, width));
    const operator = keep(createClient(server.url, 1));

    const counts = { before: 0, after: 0, wrong: 0, failed: 0, stale: 0 };
    let [asked, reloads] = [0, 0];
    /** The model that every request from now on is answered by; none while it changes. */
    let current: 0 | 1 | undefined = 0;
    const lane = async (): Promise<void> => {
      while (asked < requests) {
        const i = asked % drawn.count;
        asked += 1;
        onProgress(`${asked} of ${requests} requests, ${reloads} reloads`);
        const [must, begun] = [current, reloads];
        const [first, second] = questions.map((list) => list[i]);
        if (first === undefined || second === undefined) return;
        const answer = await client.ask(inferPath, first.message).catch(() => undefined);
        if (answer?.status !== 200) {
          counts.failed += 1;
          continue;
        }
        const by = isRight(answer, first) ? 0 : isRight(answer, second) ? 1 : undefined;
        if (by === undefined) counts.wrong += 1;
        else counts[by === 0 ? 'before' : 'after'] += 1;
        if (must !== undefined && begun === reloads && current === must && by !== must) {
          counts.stale += 1;
        }
      }
    };
    const reloading = async (): Promise<void> => {
      while (asked < requests) {
        const next = reloads % 2 === 0 ? 1 : 0;
        current = undefined;
        await serve(next);
        const path = '/v2/repository/models/model/load';
        const { status } = await operator.ask(path, jsonMessage({}));
        if (status !== 200) counts.failed += 1;
        reloads += 1;
        current = next;
        await after(50);
      }
    };
    const memory = watchMemory(server);
    const began = performance.now();
    await Promise.all([reloading(), ...Array.from({ length: width }, lane)]);
    const taken = (performance.now() - began) / 1000;
    const held = await memory.end();
    await rm(served);
    return {
      figures: {
        requests: asked,
        reloads,
        'answered by the one': counts.before,
        'answered by the other': counts.after,
        wrong: counts.wrong,
        failed: counts.failed,
        'by the old one after the load was confirmed': counts.stale,
        seconds: Number(taken.toFixed(1)),
        'memory over time, MB': held.megabytes.join(' '),
      },
      broken: brokenOf({
        'some requests failed': counts.failed > 0,
        'some answers are of neither model': counts.wrong > 0,
        'the old model answered after the new one was loaded': counts.stale > 0,
        'not both models answered': counts.before === 0 || counts.after === 0,
        'memory grows': held.grows,
        'the server has ended': !server.runs(),
      }),
    };
  },
};
