import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { headerLength } from './infer-body.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  server = await serveModels([folder.path('flows')], { maxBatchSize: 16 });
});
afterAll(async () => {
  await server.close();
  await folder.clear();
});

const width = 20;

interface Encoded {
  readonly head: string | Uint8Array;
  readonly tail?: Uint8Array;
  /** In place of the length of the head. */
  readonly length?: string;
}

async function infer({ head, tail = new Uint8Array(0), length }: Encoded) {
  const json = Buffer.from(head);
  const response = await fetch(`${server.url}/v2/models/flows/infer`, {
    method: 'POST',
    headers: { [headerLength]: length ?? String(json.byteLength) },
    body: Buffer.concat([json, tail]),
  });
  const body = Buffer.from(await response.arrayBuffer());
  const said = response.headers.get(headerLength);
  const end = said === null ? body.byteLength : Number(said);
  const parsed = JSON.parse(body.toString('utf8', 0, end)) as {
    readonly error?: string;
    readonly outputs?: readonly { readonly name: string; readonly data?: readonly number[] }[];
  };
  return { status: response.status, json: parsed, tail: body.subarray(end) };
}

const input = (rows: number, size: number) => ({
  name: 'samples',
  datatype: 'FP32',
  shape: [rows, width],
  parameters: { binary_data_size: size },
});
const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer);
const row = fc.float32Array({ minLength: width, maxLength: width, noNaN: true, min: -3, max: 3 });

test('as bytes and as JSON, there and back, in any batches: the same scores', async () => {
  const scoresOf = async (values: Float32Array, binary: boolean): Promise<number[]> => {
    const rows = values.length / width;
    const outputs = [{ name: 'score', parameters: { binary_data: binary } }];
    const answer = await infer(
      binary
        ? {
            head: JSON.stringify({ inputs: [input(rows, values.byteLength)], outputs }),
            tail: bytesOf(values),
          }
        : {
            head: JSON.stringify({
              inputs: [{ ...input(rows, 0), parameters: {}, data: [...values] }],
              outputs,
            }),
          },
    );
    expect(answer.status, answer.json.error).toBe(200);
    return binary
      ? [...new Float32Array(Uint8Array.from(answer.tail).buffer)]
      : [...(answer.json.outputs?.[0]?.data ?? [])];
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(row, { minLength: 1, maxLength: 5 }), fc.boolean()), {
        minLength: 1,
        maxLength: 12,
      }),
      async (requests) => {
        const values = requests.map(([rows]) =>
          Float32Array.from(rows.flatMap((each) => [...each])),
        );
        const alone: number[][] = [];
        for (const each of values) alone.push(await scoresOf(each, true));
        const together = await Promise.all(
          values.map((each, i) => scoresOf(each, requests[i]?.[1] ?? true)),
        );
        together.flat().forEach((score, i) => {
          expect(Math.abs(score / (alone.flat()[i] ?? NaN) - 1)).toBeLessThan(1e-6);
        });
        expect(together.map((each) => each.length)).toEqual(alone.map((each) => each.length));
      },
    ),
    { numRuns: 15 },
  );
});

test('all outputs as bytes, one after another, where that is asked for', async () => {
  const values = new Float32Array(2 * width).fill(0.5);
  const head = JSON.stringify({
    parameters: { binary_data_output: true },
    inputs: [input(2, values.byteLength)],
    outputs: [
      { name: 'label' },
      { name: 'score' },
      { name: 'normalisedScore', parameters: { binary_data: false } },
    ],
  });
  const { json, tail } = await infer({ head, tail: bytesOf(values) });
  expect(json.outputs).toMatchObject([
    { name: 'label', parameters: { binary_data_size: 2 } },
    { name: 'score', parameters: { binary_data_size: 8 } },
    { name: 'normalisedScore', data: [expect.any(Number), expect.any(Number)] },
  ]);
  expect(tail.byteLength).toBe(10);
});

test.each([
  [{ head: JSON.stringify({ inputs: [input(1, 80)] }) }, /should end at byte 80 .* there are 0/],
  [
    { head: JSON.stringify({ inputs: [input(1, 80)] }), tail: new Uint8Array(84) },
    /84 bytes follow .* take 80/,
  ],
  [
    { head: JSON.stringify({ inputs: [input(1, 79)] }), tail: new Uint8Array(79) },
    /no whole number of FP32/,
  ],
  [
    { head: JSON.stringify({ inputs: [input(2, 80)] }), tail: new Uint8Array(80) },
    /20 elements came for its shape 2×20/,
  ],
  [{ head: JSON.stringify({ inputs: [input(1, -1)] }) }, /whole number, 0 or more/],
  [{ head: '{}', length: '3' }, /has 2 bytes/],
  [{ head: '{}', length: 'two' }, /"two"/],
  [{ head: '{}', length: '-1' }, /"-1"/],
  [
    { head: JSON.stringify({ inputs: [input(1, 80)] }), tail: new Uint8Array(80).fill(255) },
    /element 0 is NaN; finite/,
  ],
] as const)('%j is refused', async (encoded, error) => {
  const answer = await infer(encoded);
  expect(answer).toMatchObject({
    status: 400,
    json: { error: expect.stringMatching(error) as string },
  });
});

test('whatever bytes come, the answer is theirs to mend: 4xx, never 5xx', async () => {
  const good = JSON.stringify({ inputs: [input(1, 80)] });
  const cut = fc.nat(good.length).map((end) => good.slice(0, end));
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.string({ maxLength: 3 }))
    .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1));
  const tensor = fc.record(
    {
      name: fc.constantFrom('samples', '__proto__', ''),
      shape: fc.oneof(fc.constant([1, width]), fc.array(fc.integer()), fc.json()),
      datatype: fc.oneof(
        fc.constantFrom('FP32', 'FP16', 'BYTES', 'INT64', 'toString'),
        fc.string(),
      ),
      parameters: fc.oneof(fc.constant({ binary_data_size: 80 }), fc.object({ maxDepth: 1 })),
      data: fc.oneof(fc.array(fc.anything({ maxDepth: 2 })), fc.anything({ maxDepth: 1 })),
    },
    { requiredKeys: [] },
  );
  const odd = fc
    .record(
      { inputs: fc.array(tensor, { maxLength: 2 }), outputs: fc.jsonValue(), id: fc.jsonValue() },
      { requiredKeys: [] },
    )
    .map((value) =>
      JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? Number(each) : each)),
    );
  const head = fc.oneof(cut, changed, odd, fc.json(), fc.uint8Array({ maxLength: 50 }));
  const length = fc.option(fc.oneof(fc.nat(200).map(String), fc.constantFrom('1e3', '0x10', ' ')), {
    nil: undefined,
  });
  await fc.assert(
    fc.asyncProperty(head, fc.uint8Array({ maxLength: 100 }), length, async (start, tail, said) => {
      const { status, json } = await infer({
        head: start,
        tail,
        ...(said !== undefined && { length: said }),
      });
      expect([200, 400, 413, 422], json.error).toContain(status);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('a client that leaves is not computed for', async () => {
  const patient = await serveModels([folder.path('flows')], { maxQueueDelayMicroseconds: 500_000 });
  const before = patient.repository.statistics('flows')[0];
  const leaving = request(`${patient.url}/v2/models/flows/infer`, { method: 'POST' });
  leaving.on('error', () => undefined);
  const data = Array<number>(width).fill(0);
  leaving.end(JSON.stringify({ inputs: [{ ...input(1, 0), parameters: {}, data }] }));
  await patient.repository.use({ name: 'flows' }, async ({ queued }) => {
    while (queued() === 0) await setTimeout(5);
    leaving.destroy();
    while (queued() > 0) await setTimeout(5);
  });
  const after = patient.repository.statistics('flows')[0];
  expect(after?.inference_stats.fail.count).toBe(1);
  expect(after?.execution_count).toBe(before?.execution_count);
  await patient.close();
});
