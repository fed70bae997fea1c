// The paper's figure 7: the figure of merit against the number of memory items.

import * as Plot from '@observablehq/plot';
import type { DataFindings } from '../../reproduce/findings.ts';
import { mainMeasureOf } from '../../trials/measures.ts';
import { chart, grid, lineStyle } from '../chart.ts';
import { type Figure, legend } from '../figure.ts';
import { decimal } from '../findings-tables.ts';
import { html } from '../html.ts';

/** Nothing where memory sizes were not varied. */
export function memorySizeFigure({ modality, methods }: DataFindings): Figure | undefined {
  const measure = mainMeasureOf(modality);
  const points = methods.flatMap(({ slots, figures, method, label }) => {
    const figure = figures[measure.id];
    return slots === undefined || figure === undefined
      ? []
      : [{ method, label: label.replace(/, N = .*/, ''), slots, ...figure }];
  });
  if (points.length === 0) return undefined;
  const lines = [...new Set(points.map(({ method }) => method))].map((method, i, all) => ({
    mine: points.filter((point) => point.method === method),
    style: lineStyle(i, all.length),
  }));
  const told = points.map((p) => `${p.label} with ${p.slots} items ${decimal(p.mean)}`).join('; ');
  const ticks = [...new Set(points.map(({ slots }) => slots))].sort((a, b) => a - b);
  return {
    caption: `${measure.title} against N, the number of memory items (the paper’s Figure 7); bars are one deviation over seeds.`,
    body: html`${legend(
      lines.map(({ mine, style }) => ({ label: mine[0]?.label ?? '', ...style })),
    )}
    ${chart(`${measure.title} against memory size. ${told}.`, {
      width: 900,
      height: 380,
      x: { label: 'N, memory items', type: 'log', ticks, tickFormat: String },
      y: { label: measure.title, nice: true, ticks: 6 },
      marks: [
        grid('y', 6),
        ...lines.flatMap(({ mine, style }) => [
          Plot.ruleX(mine, {
            x: 'slots',
            y1: ({ mean, deviation }: (typeof mine)[number]) => mean - deviation,
            y2: ({ mean, deviation }: (typeof mine)[number]) => mean + deviation,
            stroke: style.stroke,
          }),
          Plot.line(mine, { x: 'slots', y: 'mean', ...style, strokeWidth: 2.25, marker: 'dot' }),
        ]),
      ],
    })}`,
  };
}
