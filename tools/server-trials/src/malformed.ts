// Requests that are wrong in every way there is: each is refused with 4xx, or answered right where it happens to be right;
// the server stands, and answers good requests as before.

import fc from 'fast-check';
import { createRandom } from '@memae/graph';
import { type Client, createClient } from './client.ts';
import { type Sound, type Spoiled, spoiledRequests } from './fuzz.ts';
import { watchMemory } from './memory.ts';
import { type KnownModel, temporaryFolder } from './model.ts';
import { startServer } from './program.ts';
import { drawQuestions, isRight } from './questions.ts';
import { schemathesis } from './schemathesis.ts';
import { type Trial, type TrialContext, agree, brokenOf, inParallel, inferPath } from './trial.ts';
import { scoresOf } from './wire.ts';

export const malformed: Trial = {
  promise: 'malformed requests are refused with 4xx, never 5xx, and never answered wrong',
  requests: 10_000,
  run: async ({ models: [model], requests, seed, onProgress, keep }: TrialContext) => {
    const questions = await drawQuestions(model, { count: 32, lengths: [1, 3], seed });
    const server = keep(await startServer({ words: [`model=${model.folder}`, '--threads', '1'] }));
    const client = keep(createClient(server.url, 8));
    const memory = watchMemory(server);
    const fuzzed = await fuzz({ model, client, requests, seed, onProgress });
    const folder = keep(await temporaryFolder()).path;
    onProgress('schemathesis reads /openapi.json');
    const examples = Math.max(1, Math.round(requests / 200));
    const schema = await schemathesis({ url: server.url, examples, seed, folder });
    // Which it may have had unloaded.
    await client.ask('/v2/repository/models/model/load', { headers: {}, body: Buffer.from('{}') });
    let right = 0;
    await inParallel(questions.length, {
      width: 4,
      work: async (i) => {
        const question = questions[i];
        if (question === undefined) return;
        const answer = await client.ask(inferPath, question.message);
        if (isRight(answer, question)) right += 1;
      },
    });
    const held = await memory.end();
    return {
      figures: {
        'binary requests': requests,
        ...fuzzed.statuses,
        'right by chance': fuzzed.right,
        'wrong answers': fuzzed.wrong,
        'by schemathesis': schema.told,
        'good ones right afterwards': `${right} of ${questions.length}`,
        'memory over time, MB': held.megabytes.join(' '),
      },
      broken: [
        ...brokenOf({
          'some answers are wrong': fuzzed.wrong > 0,
          'good requests are not answered right afterwards': right < questions.length,
          'memory grows': held.grows,
          'the server has ended': !server.runs(),
        }),
        ...fuzzed.odd.slice(0, 5),
        ...schema.broken,
      ],
    };
  },
};

interface FuzzOptions extends Pick<TrialContext, 'requests' | 'seed' | 'onProgress'> {
  readonly model: KnownModel;
  readonly client: Client;
}

async function fuzz({ model, client, requests, seed, onProgress }: FuzzOptions) {
  const random = createRandom(seed);
  const sound = [1, 2, 5].map((length): Sound => {
    const { dtype, shape, data } = model.draw(length, random);
    const datatype = dtype === 'float32' ? 'FP32' : dtype === 'int32' ? 'INT32' : 'UINT8';
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { tensor: { name: 'samples', shape, datatype }, bytes };
  });
  const spoiled = fc.sample(spoiledRequests(sound), { numRuns: requests, seed });
  const statuses: Record<string, number> = {};
  const odd: string[] = [];
  let [right, wrong] = [0, 0];
  const tell = (what: string, { headers, body }: Spoiled): void => {
    const begin = body.toString('latin1', 0, 300);
    odd.push(`${what}: ${JSON.stringify(headers)} ${JSON.stringify(begin)}`);
  };
  const work = async (i: number): Promise<void> => {
    const request = spoiled[i];
    if (request === undefined) return;
    onProgress(`${i} of ${requests} malformed requests sent`);
    try {
      const answer = await client.ask(inferPath, request);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status >= 500) tell(`a ${answer.status}`, request);
      // Only what holds the samples whole can have been answered, with their scores.
      if (answer.status !== 200) return;
      if (await isRightByChance(answer, { model, tail: request.tail })) right += 1;
      else {
        wrong += 1;
        tell('a wrong answer', request);
      }
    } catch (error) {
      // As a server may that reads no more of what is wrong.
      statuses['cut'] = (statuses['cut'] ?? 0) + 1;
      tell(`no answer, ${error instanceof Error ? error.message : String(error)}`, request);
    }
  };
  await inParallel(requests, { width: 8, work });
  return { statuses, right, wrong, odd };
}

async function isRightByChance(
  answer: Parameters<typeof scoresOf>[0],
  { model, tail }: { readonly model: KnownModel; readonly tail: Uint8Array },
): Promise<boolean> {
  const { outputs } = bodyOf(answer);
  // Asked for other outputs, or for none by name: the score is among them, or it is not to be judged.
  if (outputs[0]?.name !== 'score') return outputs.length > 0;
  return agree(scoresOf(answer), await model.score(model.samplesOf(tail)));
}

function bodyOf({ headers, body }: Parameters<typeof scoresOf>[0]) {
  const { 'inference-header-content-length': length } = headers;
  const json = body.toString('utf8', 0, length === undefined ? body.length : Number(length));
  return JSON.parse(json) as { readonly outputs: readonly { readonly name: string }[] };
}
