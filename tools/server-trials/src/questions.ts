// Requests whose right answers are known: samples, what they are sent as, and the scores that the model has for them.

import { createRandom } from '@memae/graph';
import type { Answer } from './client.ts';
import type { KnownModel } from './model.ts';
import { agree } from './trial.ts';
import { type Encoding, type Message, inferRequest, scoresOf } from './wire.ts';

export interface Question {
  readonly message: Message;
  readonly scores: Float32Array;
}

/** @param options.lengths samples of a request, in turn */
export async function drawQuestions(
  model: KnownModel,
  options: {
    readonly count: number;
    readonly lengths: readonly number[];
    readonly seed: number;
    readonly encodings?: readonly Encoding[];
  },
): Promise<readonly Question[]> {
  const { count, lengths, seed, encodings = ['binary'] } = options;
  const random = createRandom(seed);
  const questions: Question[] = [];
  for (let i = 0; i < count; i += 1) {
    const samples = model.draw(lengths[i % lengths.length] ?? 1, random);
    const encoding = encodings[Math.floor(i / lengths.length) % encodings.length] ?? 'binary';
    questions.push({
      message: inferRequest(samples, encoding),
      scores: await model.score(samples),
    });
  }
  return questions;
}

/** Whether an answer has the right scores, up to the last digits of float32. */
export function isRight(answer: Answer, { scores }: Question): boolean {
  return answer.status === 200 && agree(scoresOf(answer), scores);
}
