import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type OptionTable,
  type OptionsOf,
  type SettledOf,
  describeOption,
  resolveOptions,
} from './options.ts';

const table = {
  'memory.slots': { type: 'integer', default: 100, min: 1, about: 'how many' },
  rate: { type: 'number', default: 1e-3, min: 0, max: 1, about: 'how fast' },
  free: { type: 'number', default: 0, about: 'anything' },
  most: { type: 'integer', default: 0, max: 9, about: 'up to nine' },
  sparse: { type: 'boolean', default: true, about: 'whether' },
  query: { type: 'choice', of: ['sample', 'position'], default: 'sample', about: 'who asks' },
  batch: { type: 'integer', default: 'auto', min: 2, about: 'the data decide' },
  widths: {
    type: 'text',
    default: '3-2',
    pattern: /^\d+(-\d+)*$/,
    takes: 'whole numbers joined by hyphens',
    about: 'how wide',
  },
} as const satisfies OptionTable;

describe('resolveOptions', () => {
  it('types and fills in the defaults', () => {
    const options = resolveOptions(table);
    expect(options).toEqual({
      'memory.slots': 100,
      rate: 1e-3,
      free: 0,
      most: 0,
      sparse: true,
      query: 'sample',
      batch: 'auto',
      widths: '3-2',
    });
    expectTypeOf(options).toEqualTypeOf<OptionsOf<typeof table>>();
    expectTypeOf(options['memory.slots']).toEqualTypeOf<number>();
    expectTypeOf(options.sparse).toEqualTypeOf<boolean>();
    expectTypeOf(options.query).toEqualTypeOf<'sample' | 'position'>();
    expectTypeOf(options.batch).toEqualTypeOf<number | 'auto'>();
    expectTypeOf<SettledOf<typeof table>['batch']>().toEqualTypeOf<number>();
    expectTypeOf(options.widths).toEqualTypeOf<string>();
  });

  it('reads what a command line or a file holds', () => {
    const raw = {
      'memory.slots': '7',
      rate: '1e-4',
      free: -2.5,
      sparse: 'false',
      query: 'position',
      batch: 'auto',
      widths: 7,
    };
    expect(resolveOptions(table, raw)).toEqual({
      'memory.slots': 7,
      rate: 1e-4,
      free: -2.5,
      most: 0,
      sparse: false,
      query: 'position',
      batch: 'auto',
      widths: '7',
    });
  });

  it.each([
    [{ 'memory.slots': 0 }, 'Option memory.slots takes a whole number of 1 or more, but "0" came.'],
    [{ 'memory.slots': '1.5' }, 'takes a whole number of 1 or more, but "1.5" came.'],
    [{ rate: 2 }, 'Option rate takes a number from 0 to 1, but "2" came.'],
    [{ rate: '' }, 'Option rate takes a number from 0 to 1, but "" came.'],
    [{ rate: 'fast' }, 'but "fast" came.'],
    [{ rate: true }, 'but "true" came.'],
    [{ free: 'NaN' }, 'Option free takes a number, but "NaN" came.'],
    [{ free: Infinity }, 'Option free takes a number, but "Infinity" came.'],
    [{ most: 10 }, 'Option most takes a whole number of 9 or less, but "10" came.'],
    [{ sparse: 'yes' }, 'Option sparse takes true or false, but "yes" came.'],
    [{ query: 'pixel' }, 'Option query takes one of sample, position, but "pixel" came.'],
    [{ batch: 1 }, 'Option batch takes a whole number of 2 or more, or auto, but "1" came.'],
    [{ rate: 'auto' }, 'Option rate takes a number from 0 to 1, but "auto" came.'],
    [{ widths: '3,2' }, 'Option widths takes whole numbers joined by hyphens, but "3,2" came.'],
    [
      { slots: 3 },
      'There is no option slots. Known: memory.slots, rate, free, most, sparse, query, batch, widths.',
    ],
    [{ constructor: 3 }, 'There is no option constructor.'],
  ] as const)('refuses %o', (raw, message) => {
    expect(() => resolveOptions(table, raw)).toThrow(message);
    expect(() => resolveOptions(table, raw)).toThrow(
      expect.objectContaining({ code: 'DETECTOR_BAD_OPTION' }) as Error,
    );
  });

  it('takes every default of its own', () => {
    expect(resolveOptions(table, resolveOptions(table))).toEqual(resolveOptions(table));
  });
});

it('describeOption says what an option takes', () => {
  expect(Object.values(table).map(describeOption)).toEqual([
    'a whole number of 1 or more',
    'a number from 0 to 1',
    'a number',
    'a whole number of 9 or less',
    'true or false',
    'one of sample, position',
    'a whole number of 2 or more, or auto',
    'whole numbers joined by hyphens',
  ]);
});
