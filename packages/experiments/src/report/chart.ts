// Observable Plot drawn outside of a browser: inline SVG whose colours follow the page's light and dark.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Markup, raw } from './html.ts';

/**
 * Draws a chart. Its text has the size of the page's where the chart is shown at its own width.
 * @param alt what it shows, in words, for those who cannot see it
 */
export function chart(alt: string, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document,
    ariaLabel: alt,
    width: 440,
    height: 280,
    marginLeft: 48,
    marginBottom: 40,
    insetBottom: 1,
    ...options,
    style: { fontSize: '13px', fontFamily: 'inherit', overflow: 'visible' } as object,
  });
  svg.setAttribute('role', 'img');
  return raw(svg.outerHTML);
}

/** The light lines behind the data. */
export function grid(axis: 'x' | 'y', ticks: number | number[]): Plot.Markish {
  const style = { stroke: 'var(--line)', strokeOpacity: 1, ticks };
  return axis === 'x' ? Plot.gridX(style) : Plot.gridY(style);
}

/** How a method's line is drawn: told apart by colour and by dashes. Colours are of the page's style. */
export interface LineStyle {
  readonly stroke: string;
  readonly strokeDasharray: string;
}

/** The method under study, the last, has a full line in the accent; the others are dashed. */
export function lineStyle(index: number, count: number): LineStyle {
  const other = index % 3;
  return index === count - 1
    ? { stroke: 'var(--study)', strokeDasharray: 'none' }
    : {
        stroke: `var(--other-${other})`,
        strokeDasharray: ['6 3', '2 3', '9 3 2 3'][other] ?? 'none',
      };
}
