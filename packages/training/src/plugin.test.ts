import { referenceBackend } from '@memae/backend/reference';
import { createRandom } from '@memae/graph';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Detector } from './detector.ts';
import { createRegistry, definePlugin } from './plugin.ts';
import { refusal, tinyDataset } from './testing/small-problem.ts';

/** A method that learns nothing and tells what it was made with. */
const definition = {
  title: 'Nothing',
  citation: 'no one',
  options: { level: { type: 'integer', default: 3, min: 0, about: 'how much' } },
  presets: { high: { level: 9 }, wrong: { level: -1 } },
} as const;
const seen: number[] = [];
const images = definePlugin({
  ...definition,
  id: 'images',
  modalities: ['image'],
  create: ({ level }): Detector<'image'> => ({
    fit: () => {
      seen.push(level);
      return Promise.reject(new Error(`level ${level}`));
    },
  }),
});
const tables = definePlugin({
  ...definition,
  id: 'tables',
  modalities: ['tabular', 'image'],
  create: ({ level }): Detector<'tabular' | 'image'> => ({
    fit: () => Promise.reject(new Error(`level ${level}`)),
  }),
});

/** A method that settles by the data, for tables only. */
const settling = definePlugin({
  title: 'Settling',
  citation: 'no one',
  id: 'settling',
  modalities: ['tabular', 'image'],
  options: {
    batch: { type: 'integer', default: 'auto', min: 1, about: 'how many' },
    output: { type: 'choice', of: ['auto', 'linear'], default: 'auto', about: 'at the end' },
  },
  settle: (_, { modality, length }) =>
    modality === 'tabular' ? { batch: length / 3, output: 'linear' } : { batch: 8 },
  create: ({ batch, output }): Detector<'tabular' | 'image'> => ({
    fit: () => Promise.reject(new Error(`${output} ${batch}`)),
  }),
});

const badOption = expect.objectContaining({ code: 'DETECTOR_BAD_OPTION' }) as Error;

describe('definePlugin', () => {
  it('resolves options: defaults, then the preset, then what is given', () => {
    expect(images.resolve({})).toEqual({ level: 3 });
    expect(images.resolve({ preset: 'high' })).toEqual({ level: 9 });
    expect(images.resolve({ preset: 'high', level: '5' })).toEqual({ level: 5 });
    expectTypeOf(images.id).toEqualTypeOf<'images'>();
  });

  it('refuses unknown presets and options, and presets that do not fit', () => {
    const unknown = 'images has no preset low. Known: high, wrong.';
    expect(() => images.resolve({ preset: 'low' })).toThrow(unknown);
    expect(() => images.resolve({ preset: 'low' })).toThrow(badOption);
    expect(() => images.resolve({ preset: 'toString' })).toThrow('has no preset toString');
    expect(() => images.resolve({ preset: 'wrong' })).toThrow('Option level takes a whole number');
    expect(() => images.create({ level: 1.5 })).toThrow(badOption);
    expect(() => images.createFrom({ size: 1 })).toThrow('There is no option size.');
  });

  it('refuses data of another modality before the method sees it', async () => {
    const context = { backend: await referenceBackend.open(), random: createRandom(0) };
    const error = await refusal(images.createFrom({}).fit(tinyDataset(), context));
    expect(error.code).toBe('DETECTOR_UNSUPPORTED_MODALITY');
    expect(error.message).toBe('images takes image data, but tiny is tabular.');
    expect(seen).toEqual([]);
    const reached = await refusal(tables.createFrom({ level: 4 }).fit(tinyDataset(), context));
    expect(reached.message).toBe('level 4');
  });
});

describe('options that are auto', () => {
  const table = tinyDataset(33);

  it('stay so until there are data; then the method settles them', async () => {
    expect(settling.resolve({})).toEqual({ batch: 'auto', output: 'auto' });
    expect(settling.resolve({}, table)).toEqual({ batch: 11, output: 'linear' });
    expect(settling.resolve(settling.resolve({}, table))).toEqual({ batch: 11, output: 'linear' });
    const context = { backend: await referenceBackend.open(), random: createRandom(0) };
    const reached = await refusal(settling.createFrom({}).fit(table, context));
    expect(reached.message).toBe('linear 11');
  });

  it('give way to what is said', () => {
    expect(settling.resolve({ batch: 5 }, table)).toEqual({ batch: 5, output: 'linear' });
  });

  it('are refused where the method knows no value, or a bad one', () => {
    const pictures = { ...table, modality: 'image' } as const;
    const refused = 'settling knows no output for image data; say which, in place of auto.';
    expect(() => settling.resolve({}, pictures)).toThrow(refused);
    expect(() => settling.resolve({}, pictures)).toThrow(badOption);
    expect(() => settling.resolve({}, { ...table, length: 10 })).toThrow(badOption);
  });
});

describe('createRegistry', () => {
  const registry = createRegistry([images, tables]);

  it('lists by modality and finds by id', () => {
    expect(registry.list().map(({ id }) => id)).toEqual(['images', 'tables']);
    expect(registry.list({ modality: 'tabular' })).toEqual([tables]);
    expect(registry.list({ modality: 'video' })).toEqual([]);
    expect(registry.get('images')).toBe(images);
  });

  it('names what there is when a method is unknown', () => {
    expect(() => registry.get('image')).toThrow('There is no method image. Known: images, tables.');
    expect(() => registry.get('image')).toThrow(
      expect.objectContaining({ code: 'DETECTOR_UNKNOWN' }) as Error,
    );
  });

  it('refuses two methods of one id', () => {
    expect(() => createRegistry([images, tables, images])).toThrow(
      'Two methods have the id images; give each its own.',
    );
  });
});
