// How far normal and anomalous scores lie apart, a panel a method.

import { histogram } from '@memae/metrics';
import * as Plot from '@observablehq/plot';
import type { Comparison, MethodOutcome } from '../../compare/comparison.ts';
import { chart, grid } from '../chart.ts';
import { type Figure, legend } from '../figure.ts';
import { type Markup, html } from '../html.ts';
import { measured, percent } from '../words.ts';

const bins = 40;

export function histogramFigure({ methods, test }: Comparison): Figure {
  return {
    caption:
      'Scores of the test samples, in shares of each group. What lies right of the threshold is flagged; ' +
      'it was chosen on normal validation samples alone. The less the two groups overlap, the better. The ' +
      'last bar also holds the few scores beyond it.',
    body: html`${legend([
        { label: 'normal', fill: 'var(--normal)' },
        { label: 'anomalous', fill: 'var(--anomalous)' },
      ])}
      <div class="panels">${methods.map((method) => panel(method, test.labels))}</div>`,
  };
}

function panel(
  { label: name, scores, threshold: { value: threshold }, confusion }: MethodOutcome,
  labels: Uint8Array,
): Markup {
  const caught = percent(confusion.recall);
  const flagged = percent(
    confusion.falsePositives / (confusion.falsePositives + confusion.trueNegatives),
  );
  const verdict = `catches ${caught} of the anomalies and flags ${flagged} of the normal samples`;
  const bars = { x1: 'low', x2: 'high', y: 'share', insetLeft: 0.5, insetRight: 0.5 };
  return html`<div>
    <h3>${name}</h3>
    ${chart(
      `Histogram of the scores of ${name}. The threshold ${measured(threshold)} ${verdict}.`,
      {
        height: 230,
        marginTop: 26,
        x: { label: 'score' },
        y: { label: 'share of the group (%)', ticks: 4 },
        marks: [
          grid('y', 4),
          ...(['normal', 'anomalous'] as const).map((group, label) =>
            Plot.rectY(sharesOf(scores, { labels, label, threshold }), {
              ...bars,
              fill: `var(--${group})`,
              fillOpacity: 0.7,
            }),
          ),
          Plot.ruleX([threshold], { stroke: 'var(--ink)', strokeWidth: 1.5 }),
          Plot.text([`threshold ${measured(threshold)}`], {
            x: threshold,
            frameAnchor: 'top',
            textAnchor: 'start',
            dx: 6,
            fill: 'var(--ink)',
            stroke: 'var(--paper)',
            strokeWidth: 5,
          }),
        ],
      },
    )}
    <p class="note">This threshold ${verdict}.</p>
  </div>`;
}

/** A group's share of each bin; both groups have the same bins, from 0 to the highest but a hundredth. */
function sharesOf(
  scores: Float32Array,
  {
    labels,
    label,
    threshold,
  }: { readonly labels: Uint8Array; readonly label: number; readonly threshold: number },
): { low: number; high: number; share: number }[] {
  const ascending = scores.toSorted();
  const low = Math.min(0, ascending[0] ?? 0);
  const high = Math.max(ascending[Math.floor(0.99 * ascending.length)] ?? 0, 1.1 * threshold);
  const group = scores.filter((_, i) => labels[i] === label);
  const within = group.map((score) => Math.min(score, high));
  return histogram(within, { bins, low, high }).map(({ count, ...edges }) => ({
    ...edges,
    share: (100 * count) / group.length,
  }));
}
