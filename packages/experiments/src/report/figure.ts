// Figures and tables of the page, numbered in the order in which they come.

import type { LineStyle } from './chart.ts';
import { type Content, type Markup, html } from './html.ts';

export interface Figure {
  /** What is seen, after the number. */
  readonly caption: Content;
  readonly body: Content;
}

/** Gives figures their numbers. */
export function numbering(): (figure: Figure) => Markup {
  let number = 0;
  return ({ caption, body }) => {
    number += 1;
    return html`<figure id="figure-${number}">
      ${body}
      <figcaption><b>Figure ${number}.</b> ${caption}</figcaption>
    </figure>`;
  };
}

/** What the colours and lines of a figure mean: a line where there is a stroke, else an area. */
export function legend(
  entries: readonly ({ readonly label: string } & (LineStyle | { readonly fill: string }))[],
): Markup {
  return html`<ul class="legend">
    ${entries.map(({ label, ...style }) => {
      const key =
        'fill' in style
          ? html`<rect x="5" width="16" height="12" rx="2" fill="${style.fill}" />`
          : html`<path
              d="M0 6H26"
              stroke="${style.stroke}"
              stroke-width="2.5"
              stroke-dasharray="${style.strokeDasharray}"
            />`;
      return html`<li><svg width="26" height="12" aria-hidden="true">${key}</svg>${label}</li>`;
    })}
  </ul>`;
}
