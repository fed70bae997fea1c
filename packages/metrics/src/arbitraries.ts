// Random inputs for the tests: few distinct scores, so that ties are the rule.

import fc from 'fast-check';

export interface LabelledScores {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
}

/** Labelled scores with ties and with both classes. */
export const labelledScores: fc.Arbitrary<LabelledScores> = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.constantFrom(0, 1)), {
    minLength: 2,
    maxLength: 40,
  })
  .map((rows) => ({ scores: rows.map(([score]) => score), labels: rows.map(([, label]) => label) }))
  .filter(({ labels }) => labels.includes(0) && labels.includes(1));

/** Scores alone, with ties among arbitrary finite numbers. */
export const someScores: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e300, max: 1e300, noNaN: true })),
  { minLength: 1, maxLength: 40 },
);
