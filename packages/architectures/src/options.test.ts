// Every option changes what is learned or scored, on the kind of data that it is for.

import type { Backend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import type { RawOptions } from '@memae/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ae, aeL1, architectures, memae, vae } from './index.ts';
import { fitter } from './testing/fit.ts';
import { kinds } from './testing/kinds.ts';
import { drawn, quick } from './testing/strokes.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());
const fit = fitter(() => backend);

// On images; options of a training too short to show them, and of other kinds of data, come below.
const others: RawOptions = {
  'memory.slots': 10,
  'memory.similarity': 'cosine',
  'memory.temperature': 5,
  'memory.query': 'position',
  'memory.normalised': true,
  'score.from': 'distance',
  'memory.shrinkage': 0.5,
  entropyWeight: 100,
  'network.backbone': 'cifar10',
  'network.width': 0.5,
  'network.padding': 'none',
  'network.activation': 'leaky-relu',
  'network.start': 'normal',
  'network.output': 'linear',
  'loss.reduction': 'mean',
  'score.error': 'absolute',
  'training.epochs': 1,
  'training.steps': 3,
  'training.batch': 20,
  'training.rate': 1e-2,
};
const clips: RawOptions = {
  'network.strides': 'paper',
  'network.decoder': 'paper',
  'input.range': 'unit',
};
const larger: RawOptions = { 'network.depth': 1 };
const tables: RawOptions = {
  'network.widths': '4-2',
  'network.output': 'sigmoid',
  'score.weights': 'equal',
};
const later = [
  'memory.emptyRows',
  'memory.reseed',
  'entropyWarmup',
  'training.patience',
  'training.untilQuantile',
];

describe('memae: every option changes what is learned', () => {
  it('and none is forgotten', () => {
    const tried = [others, larger, clips, tables].flatMap((options) => Object.keys(options));
    expect(new Set([...tried, ...later])).toEqual(new Set(Object.keys(memae.options)));
  });

  const probe = drawn([1, 2], { count: 4, seed: 2 });
  let usual: Float32Array;
  beforeAll(async () => {
    usual = await (await fit(memae, quick)).score(probe);
  });
  it.each(Object.entries(others))('%s = %s', async (name, value) => {
    const changed = await fit(memae, { ...quick, [name]: value });
    expect(await changed.score(probe)).not.toEqual(usual);
  });

  describe.each([
    {
      about: 'larger images',
      kind: kinds[0] && { ...kinds[0], options: { ...quick, 'network.backbone': 'image' } },
      options: larger,
    },
    { about: 'video', kind: kinds[1], options: clips },
    { about: 'tables', kind: kinds[2], options: tables },
  ])('on $about', ({ kind, options }) => {
    it.each(Object.entries(options))('%s = %s', async (name, value) => {
      if (kind === undefined) return expect.fail('no data');
      const { dataset, samples } = kind;
      const before = await fit(memae, kind.options, { dataset });
      const after = await fit(memae, { ...kind.options, [name]: value }, { dataset });
      expect(await after.score(samples)).not.toEqual(await before.score(samples));
    });
  });
});

it.each([
  [aeL1, { l1Weight: 1 }],
  [vae, { klWeight: 5 }],
])('the penalty of $0.id weighs as much as it is told', async (plugin, options) => {
  const probe = drawn([1, 2], { count: 4, seed: 2 });
  const [usual, changed] = [await fit(plugin, quick), await fit(plugin, { ...quick, ...options })];
  expect(await changed.score(probe)).not.toEqual(await usual.score(probe));
});

it.each([
  [{ 'memory.slots': 1e9 }, 'memory.slots takes a whole number from 1 to 1000000, or auto'],
  [{ 'training.rate': 0 }, 'training.rate takes a number of 1e-9 or more, or auto'],
])('%o, with which no machine or nothing would learn, is refused', (options, message) => {
  expect(() => memae.createFrom(options)).toThrow(message);
});

describe('what auto stands for', () => {
  const [images, videos, rows] = kinds.map(({ dataset }) => dataset);
  const wide = (length: number) => ({
    name: 'rows',
    modality: 'tabular' as const,
    sampleShape: [9],
    length,
  });

  it('is the paper’s sizes, and for video the released code’s settings', () => {
    expect(memae.resolve({}, images)).toMatchObject({
      'network.backbone': 'mnist',
      'memory.slots': 100,
      'memory.similarity': 'dot',
      'memory.shrinkage': 1.5,
      'memory.query': 'sample',
      'network.output': 'sigmoid',
      'score.weights': 'equal',
      'training.batch': 64,
    });
    expect(memae.resolve({}, videos)).toMatchObject({
      'network.backbone': 'video',
      'memory.slots': 2000,
      'memory.similarity': 'dot',
      'memory.shrinkage': 5,
      'memory.emptyRows': 'unshrunk',
      'memory.query': 'position',
      'network.activation': 'leaky-relu',
      'network.start': 'normal',
      'network.strides': 'official',
      'network.decoder': 'official',
      'network.output': 'linear',
      'input.range': 'symmetric',
      'loss.reduction': 'mean',
      'score.error': 'absolute',
      'training.batch': 10,
      'training.rate': 1e-4,
    });
    expect(memae.resolve({}, rows)).toMatchObject({
      'network.backbone': 'tabular',
      'network.widths': '64-32',
      'score.weights': 'inverse',
      'memory.temperature': 10,
      'memory.slots': 50,
      'memory.similarity': 'cosine',
      'memory.shrinkage': 1,
      'network.output': 'linear',
    });
  });

  it('follows what is said: λ the similarity, the output the range, all the network', () => {
    expect(memae.resolve({ 'memory.similarity': 'cosine' }, images)['memory.shrinkage']).toBe(1);
    expect(memae.resolve({ 'memory.slots': 1 }, images)['memory.shrinkage']).toBe(0.5);
    expect(ae.resolve({ 'input.range': 'symmetric' }, images)['network.output']).toBe('linear');
    expect(memae.resolve({ 'network.backbone': 'cifar10' }, images)['memory.slots']).toBe(500);
  });

  it('takes the network for images where they are larger than the paper’s, as deep as they are', () => {
    const image = (channels: number, height: number, width: number) =>
      memae.resolve(
        {},
        { name: 'images', modality: 'image', sampleShape: [channels, height, width], length: 9 },
      );
    expect(image(1, 64, 64)).toMatchObject({
      'network.backbone': 'image',
      'network.depth': 3,
      'memory.query': 'position',
      'network.output': 'sigmoid',
      'training.batch': 16,
    });
    expect(image(3, 256, 900)['network.depth']).toBe(5);
    expect(image(3, 32, 32)['network.backbone']).toBe('cifar10');
    expect(image(1, 28, 28)['network.backbone']).toBe('mnist');
  });

  it('takes some 200 steps an epoch over rows', () => {
    const batch = (length: number) => ae.resolve({}, wide(length))['training.batch'];
    expect([100, 10_000, 50_000, 178_000, 4_000_000].map(batch)).toEqual([8, 64, 256, 1024, 1024]);
  });
});

describe('presets', () => {
  it('paper: the paper’s settings on every kind of data', () => {
    for (const { dataset } of kinds) {
      const common = {
        'network.padding': 'same',
        'network.activation': 'relu',
        'network.strides': 'paper',
        'network.decoder': 'paper',
        'network.output': 'linear',
        'loss.reduction': 'sum',
        'score.error': 'squared',
        'score.weights': 'equal',
        'training.rate': 1e-4,
      };
      for (const plugin of architectures) {
        expect(plugin.resolve({ preset: 'paper' }, dataset)).toMatchObject(common);
      }
      expect(memae.resolve({ preset: 'paper' }, dataset)).toMatchObject({
        'memory.similarity': 'cosine',
        'memory.temperature': 1,
        'memory.shrinkage': 1,
        entropyWeight: 0.0002,
      });
    }
  });

  it('official: on video all that the released code does', () => {
    expect(memae.resolve({ preset: 'official' }, kinds[1]?.dataset)).toMatchObject({
      'memory.slots': 2000,
      'memory.similarity': 'dot',
      'memory.temperature': 1,
      'memory.shrinkage': 5,
      'memory.emptyRows': 'zeros',
      'memory.query': 'position',
      'network.activation': 'leaky-relu',
      'network.start': 'normal',
      'network.strides': 'official',
      'network.decoder': 'official',
      'network.output': 'linear',
      'input.range': 'symmetric',
      'loss.reduction': 'mean',
      'score.error': 'absolute',
      'score.weights': 'equal',
      entropyWeight: 0.0002,
      'training.batch': 10,
      'training.rate': 1e-4,
      'training.epochs': 100,
    });
  });
});
