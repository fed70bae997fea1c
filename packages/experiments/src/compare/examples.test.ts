import { createRandom } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseExamples } from './examples.ts';

const testSet = fc
  .array(
    fc.record({ class: fc.constantFrom('5', '1', '2', '3'), score: fc.float({ noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((samples) => ({
    facts: {
      labels: Uint8Array.from(samples, (s) => (s.class === '5' ? 0 : 1)),
      classes: samples.map((s) => s.class),
    },
    scores: Float32Array.from(samples, ({ score }) => score),
  }));

describe('chooseExamples', () => {
  it('draws anomalies of as many classes as there are', () => {
    fc.assert(
      fc.property(testSet, fc.integer(), ({ facts, scores }, seed) => {
        const chosen = chooseExamples(facts, {
          methods: [{ id: 'm', scores }],
          random: createRandom(seed),
          counts: { drawn: 3, hardest: 0 },
        });
        const classes = chosen.map(({ index }) => facts.classes[index] ?? '');
        const others = new Set(facts.classes.filter((name) => name !== '5'));
        const drawn = classes.filter((name) => name !== '5');
        expect(new Set(drawn).size).toBe(others.size);
        expect(new Set(chosen.map(({ index }) => index)).size).toBe(chosen.length);
      }),
    );
  });

  it('finds the normal samples with the highest scores and the anomalies with the lowest', () => {
    fc.assert(
      fc.property(testSet, ({ facts, scores }) => {
        const hardest = chooseExamples(facts, {
          methods: [{ id: 'm', scores }],
          random: createRandom(1),
          counts: { drawn: 0, hardest: 1 },
        });
        for (const { index, hardestFor } of hardest) {
          expect(hardestFor).toBe('m');
          const label = facts.labels[index];
          const group = Array.from(scores).filter((_, i) => facts.labels[i] === label);
          expect(scores[index]).toBe(label === 0 ? Math.max(...group) : Math.min(...group));
        }
      }),
    );
  });
});
