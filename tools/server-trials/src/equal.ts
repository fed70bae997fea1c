// Scores over HTTP are those of the model in this process: bit for bit where the batch is the same, and up to the last
// digits of float32 however requests are put together to batches.

import { createRandom } from '@memae/graph';
import { createClient } from './client.ts';
import { startServer } from './program.ts';
import { drawQuestions } from './questions.ts';
import { type Trial, type TrialContext, brokenOf, inParallel, inferPath } from './trial.ts';
import { scoresOf } from './wire.ts';

const lengths = [1, 2, 3, 5, 8, 13, 21, 32];
/** Limits of a server, and requests at a time: alone, together as they come, and together after waiting for each other. */
const ways = [
  { width: 1, words: ['--max-batch-size', '32'] },
  { width: 7, words: ['--max-batch-size', '32', '--instances', '2'] },
  { width: 24, words: ['--max-batch-size', '64', '--max-queue-delay-microseconds', '3000'] },
];

export const equal: Trial = {
  promise: 'scores over HTTP equal those in-process: bit for bit at equal batch, 1e-6 for any',
  requests: 6000,
  run: async ({ models: [model], requests, seed, onProgress, keep }: TrialContext) => {
    const encodings = ['binary', 'json'] as const;
    const questions = await drawQuestions(model, { count: 128, lengths, seed, encodings });
    const worst = { alone: 0, together: 0 };
    let [asked, odd, differing] = [0, 0, 0];
    for (const { width, words } of ways) {
      const server = keep(
        await startServer({
          words: [`model=${model.folder}`, '--threads', '1', ...words],
        }),
      );
      const client = keep(createClient(server.url, width));
      const random = createRandom(seed);
      const work = async (): Promise<void> => {
        const question = questions[Math.floor(questions.length * random.uniform())];
        if (question === undefined) return;
        const answer = await client.ask(inferPath, question.message);
        asked += 1;
        onProgress(`${asked} of ${requests} requests answered`);
        const scores = answer.status === 200 ? scoresOf(answer) : new Float32Array(0);
        if (scores.length !== question.scores.length) odd += 1;
        if (width === 1 && scores.some((score, i) => score !== question.scores[i])) differing += 1;
        const key = width === 1 ? 'alone' : 'together';
        worst[key] = Math.max(worst[key], ...differences(scores, question.scores));
      };
      await inParallel(Math.ceil(requests / ways.length), { width, work });
      await server.end();
    }
    return {
      figures: {
        requests: asked,
        'not answered with scores': odd,
        'not bit for bit, of one batch each': differing,
        'largest relative difference, one batch each': worst.alone,
        'largest relative difference, any batches': worst.together,
      },
      broken: brokenOf({
        'some requests were not answered with their scores': odd > 0,
        'scores of equal batches differ': differing > 0,
        'scores differ by more than 1e-6': !(worst.together <= 1e-6),
      }),
    };
  },
};

/** Relative, of each score. */
function differences(got: Float32Array, wanted: Float32Array): number[] {
  return Array.from(got, (score, i) => {
    const expected = wanted[i] ?? NaN;
    return Math.abs(score - expected) / Math.abs(expected);
  });
}
