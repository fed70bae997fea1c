import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { ndarray, zeros } from '@memae/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { type RepositoryOptions, openRepository } from './repository.ts';
import { rowsOf } from './rows.ts';
import { parseSource } from './source.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('one'), { data: 'flows' });
  await trainModel(folder.path('two'), { data: 'flows', seed: 2 });
});
afterAll(() => folder.clear());

const open = (sources: readonly string[], options: Partial<RepositoryOptions> = {}) =>
  openRepository({
    ...{ maxBatchSize: 8, maxQueueDelayMicroseconds: 0, maxQueueSize: 1000 },
    ...{ instances: 1, threads: 1, timeout: 20_000, observers: [] },
    clock: () => performance.now(),
    now: () => 1_700_000_000_000,
    ...options,
    sources: sources.map((source) => parseSource(source, folder.path())),
  });
type Repository = Awaited<ReturnType<typeof open>>;
const scoreOf = (repository: Repository, name: string, version?: string) =>
  repository.use(
    { name, version },
    async (model) => (await model.run(zeros([1, 20])))['score']?.data[0],
  );

describe('sources', () => {
  test.each([
    ['runs/five', { name: 'five', folder: '/at/runs/five' }],
    ['digits=runs/five', { name: 'digits', folder: '/at/runs/five' }],
    ['digits@2=/runs/five', { name: 'digits', version: '2', folder: '/runs/five' }],
    ['runs/lr=0.1', { name: 'lr=0.1', folder: '' }],
  ])('%s', (text, source) => {
    if (source.folder === '')
      expect(() => parseSource(text, '/at')).toThrow(/cannot be called "lr=0.1"/);
    else expect(parseSource(text, '/at')).toEqual(source);
  });

  test.each(['', 'a@x=b', 'a@0=b', 'a b=c', 'stats=b', '..'])('"%s" is refused', (text) => {
    expect(() => parseSource(text, '/at')).toThrow(
      expect.objectContaining({ code: 'SERVER_BAD_OPTION' }),
    );
  });
});

test('versions stand side by side, from folders or given, and the newest is asked', async () => {
  await cp(folder.path('one'), folder.path('both', '9'), { recursive: true });
  await cp(folder.path('two'), folder.path('both', '10'), { recursive: true });
  await mkdir(folder.path('both', 'notes'));
  const repository = await open(['both', 'given@3=one', 'given@1=two']);
  expect(repository.versions('both')).toEqual(['9', '10']);
  expect(repository.versions('given')).toEqual(['1', '3']);
  const [one, two] = [
    await scoreOf(repository, 'both', '9'),
    await scoreOf(repository, 'both', '10'),
  ];
  expect(one).not.toBe(two);
  expect(await scoreOf(repository, 'both')).toBe(two);
  expect(await scoreOf(repository, 'given')).toBe(one);
  await repository[Symbol.asyncDispose]();
  await expect(scoreOf(repository, 'both')).rejects.toMatchObject({ code: 'SERVER_CLOSING' });
});

test.each([
  ['nowhere', /holds no artifact and no versions/],
  ['broken', /model\.onnx/],
])('%s is no model', async (name, error) => {
  await cp(folder.path('one'), folder.path('broken'), { recursive: true });
  await writeFile(folder.path('broken', 'model.onnx'), 'changed');
  await expect(open(['one', name])).rejects.toThrow(error);
});

test('two folders are no one version', async () => {
  await expect(open(['a=one', 'a=two'])).rejects.toThrow(/two versions 1 of one model/);
});

test('a model is loaded again under load, and no request is lost', async () => {
  await cp(folder.path('one'), folder.path('hot'), { recursive: true });
  const repository = await open(['hot', 'one', 'two']);
  const [before, after] = [await scoreOf(repository, 'one'), await scoreOf(repository, 'two')];
  const seen = new Set<string | undefined>();
  // In another batch the last digit may be another.
  const rounded = (score: number | undefined) => score?.toPrecision(6);
  const asking = { on: true };
  const client = async (): Promise<void> => {
    while (asking.on) seen.add(rounded(await scoreOf(repository, 'hot')));
  };
  const clients = Array.from({ length: 8 }, client);
  for (const source of ['two', 'one', 'two']) {
    await cp(folder.path(source), folder.path('hot'), { recursive: true, force: true });
    await repository.load('hot');
  }
  asking.on = false;
  await Promise.all(clients);
  expect(seen).toEqual(new Set([rounded(before), rounded(after)]));
  expect(await scoreOf(repository, 'hot')).toBe(after);
  await repository[Symbol.asyncDispose]();
});

test('what cannot be loaded leaves what is loaded; what is unloaded can be loaded', async () => {
  await cp(folder.path('one'), folder.path('frail'), { recursive: true });
  const repository = await open(['frail']);
  const score = await scoreOf(repository, 'frail');
  await rm(folder.path('frail', 'manifest.json'));
  await expect(repository.load('frail')).rejects.toMatchObject({ code: 'SERVER_BAD_OPTION' });
  expect(await scoreOf(repository, 'frail')).toBe(score);
  await repository.unload('frail');
  await expect(scoreOf(repository, 'frail')).rejects.toThrow(/not loaded: unloaded/);
  await expect(repository.load('frail')).rejects.toMatchObject({ code: 'SERVER_BAD_OPTION' });
  expect(repository.index()).toMatchObject([
    { state: 'UNAVAILABLE', reason: expect.stringContaining('holds no artifact') as string },
  ]);
  await cp(folder.path('one', 'manifest.json'), folder.path('frail', 'manifest.json'));
  await repository.load('frail');
  expect(await scoreOf(repository, 'frail')).toBe(score);
  await expect(repository.load('other')).rejects.toMatchObject({ code: 'SERVER_UNKNOWN_MODEL' });
  await repository[Symbol.asyncDispose]();
});

test('a request that never ends is waited for at the end until it is cut', async () => {
  const repository = await open(['one', 'two']);
  void repository.use({ name: 'one' }, () => new Promise(() => undefined));
  expect(repository.cut()).toEqual([]);
  expect(await scoreOf(repository, 'one')).toBeTypeOf('number');
  let closed = false;
  const closing = repository[Symbol.asyncDispose]().then(() => {
    closed = true;
  });
  await after(500);
  expect(closed).toBe(false);
  expect(repository.cut()).toEqual([{ name: 'one', version: '1' }]);
  await closing;
});

test('as many instances as are asked for give the same scores', async () => {
  const repository = await open(['one'], { instances: 2 });
  const scores = await Promise.all(Array.from({ length: 20 }, () => scoreOf(repository, 'one')));
  expect(new Set(scores.map((score) => score?.toPrecision(6))).size).toBe(1);
  await repository[Symbol.asyncDispose]();
});

test('observers hear of batches and requests, and a score that is no number is an error', async () => {
  const heard: string[] = [];
  const repository = await open(['one'], {
    observers: [
      {
        batch: ({ name }, { samples, results }) =>
          heard.push(`${name}: batch of ${rowsOf(samples)}, ${results ? 'done' : 'failed'}`),
        request: ({ version }, { samples, error }) =>
          heard.push(
            `${version}: ${samples} samples, ${error === undefined ? 'answered' : 'refused'}`,
          ),
      },
    ],
  });
  const run = (value: number) =>
    repository.use({ name: 'one' }, ({ run: ask }) =>
      ask(ndarray(new Float32Array(40).fill(value), [2, 20]), { outputs: ['score'] }),
    );
  await run(0);
  await expect(run(3e38)).rejects.toMatchObject({ code: 'SERVER_NOT_FINITE' });
  expect(heard).toEqual([
    ...['one: batch of 2, done', '1: 2 samples, answered'],
    ...['one: batch of 2, done', '1: 2 samples, refused'],
  ]);
  expect(repository.statistics()).toMatchObject([
    {
      ...{ name: 'one', inference_count: 2, execution_count: 2, last_inference: 1_700_000_000_000 },
      inference_stats: { success: { count: 1 }, fail: { count: 1 } },
      batch_stats: [{ batch_size: 2, compute_infer: { count: 2 } }],
    },
  ]);
  await repository[Symbol.asyncDispose]();
});
