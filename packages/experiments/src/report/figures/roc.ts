// What each threshold catches, and what it costs.

import * as Plot from '@observablehq/plot';
import type { Comparison } from '../../compare/comparison.ts';
import { chart, grid, lineStyle } from '../chart.ts';
import { type Figure, legend } from '../figure.ts';
import { html } from '../html.ts';
import { figure } from '../words.ts';

/** Each method's ROC curve over the test set. */
export function rocFigure({ methods }: Comparison): Figure {
  const areas = methods.map(({ label, auroc }) => `${label}: area ${figure(auroc)}`).join('; ');
  return {
    caption:
      'Receiver operating characteristic: for every threshold, how many anomalies it catches and how ' +
      'many normal samples it flags for that. The dotted line is chance.',
    body: html`${legend(
      methods.map(({ label, auroc }, i) => ({
        label: `${label}, area ${figure(auroc)}`,
        ...lineStyle(i, methods.length),
      })),
    )}
    ${chart(`ROC curves. ${areas}.`, {
      height: 400,
      x: { label: 'normal samples flagged (%)', domain: [0, 100], ticks: 5 },
      y: { label: 'anomalies caught (%)', domain: [0, 100], ticks: 5 },
      marks: [
        grid('x', 5),
        grid('y', 5),
        Plot.line(
          [
            [0, 0],
            [100, 100],
          ],
          { stroke: 'var(--muted)', strokeDasharray: '1 4', strokeLinecap: 'round' },
        ),
        ...methods.map(({ roc }, i) =>
          Plot.line(
            roc.map(({ falsePositiveRate, truePositiveRate }) => [
              100 * falsePositiveRate,
              100 * truePositiveRate,
            ]),
            { ...lineStyle(i, methods.length), strokeWidth: 2.25 },
          ),
        ),
      ],
    })}`,
  };
}
