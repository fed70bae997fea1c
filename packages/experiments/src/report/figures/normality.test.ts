import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stretchesOf } from './normality.ts';

it('stretches cover exactly the anomalous frames, and do not touch', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1)), (labels) => {
      const stretches = stretchesOf(labels);
      const covered = labels.map((_, i) =>
        stretches.some(({ from, to }) => from <= i && i <= to) ? 1 : 0,
      );
      expect(covered).toEqual(labels);
      stretches.slice(1).forEach(({ from }, i) => {
        expect(from).toBeGreaterThan((stretches[i]?.to ?? 0) + 1);
      });
    }),
  );
});
