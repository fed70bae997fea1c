import { ndarray } from '@memae/graph';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { addressingFigure } from './addressing.ts';
import { numbering } from '../figure.ts';

it('a reading that λ has emptied is told in words, not drawn as an empty chart', () => {
  const sample = ndarray([0], [1, 1, 1]);
  const picture = (label: number, weights: number[]) => ({
    ...{ key: `digits/${label}`, label, class: '2', score: 1, sample },
    weights: ndarray(weights, [weights.length]),
  });
  const pictures = [picture(0, [0.75, 0, 0.25]), picture(1, [0, 0, 0])];
  const exhibit = { method: 'memae', label: 'MemAE', pictures: { pictures } };
  const figure = addressingFigure([{ case: '2', seed: 1, exhibits: [exhibit] }]);
  if (figure === undefined) throw new Error('a figure');
  const { document } = parseHTML(numbering()(figure).markup);
  const [normal, anomalous] = document.querySelectorAll('.panels > div');
  expect(normal?.querySelector('svg')?.getAttribute('aria-label')).toMatch(/reads 2 of 3 items/);
  expect(anomalous?.querySelector('svg')).toBeNull();
  expect(anomalous?.textContent).toContain('It reads no item');
});
