import { describe, expect, it } from 'vitest';
import { duration, figure, inSentence, measured, percent, subjectOf, whole } from './words.ts';

describe('words', () => {
  it('says numbers', () => {
    expect([figure(0.92839), percent(0.92839), whole(3788)]).toEqual([
      '0.928',
      '92.8\u00a0%',
      '3,788',
    ]);
    expect([9.2554, 18, 0.98241, 0, 102.18, 12345.6].map(measured)).toEqual([
      '9.26',
      '18.0',
      '0.982',
      '0',
      '102',
      '12,346',
    ]);
    expect([2.34, 51.1, 107].map(duration)).toEqual([
      '2.3\u00a0s',
      '51\u00a0s',
      '1\u00a0min 47\u00a0s',
    ]);
  });

  it('keeps names as they are within a sentence', () => {
    expect(inSentence('Memory-augmented autoencoder')).toBe('memory-augmented autoencoder');
    expect(inSentence('MemAE without sparse addressing')).toBe('MemAE without sparse addressing');
    expect(inSentence('AE')).toBe('AE');
  });

  it('calls digits digits, and other classes by their names', () => {
    expect(subjectOf({ classes: ['0', '5'], normal: '5' }).normal).toBe('the digit 5');
    expect(subjectOf({ classes: ['good', 'cracked'], normal: 'good' })).toEqual({
      normal: 'the class “good”',
      others: 'other classes',
    });
  });
});
