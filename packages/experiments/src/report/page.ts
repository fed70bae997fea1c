// The frame of every report: one page that anyone can open, with no network and no script.

import { type Content, type Markup, html, raw } from './html.ts';
import { style } from './style.ts';

/** A whole page as HTML. */
export function page({
  title,
  lead,
  body,
}: {
  readonly title: string;
  /** What was found, in a sentence or two. */
  readonly lead: Content;
  readonly body: Content;
}): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="memae" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">memae · report</p>
            <h1>${title}</h1>
            <p class="lead">${lead}</p>
          </header>
          ${body}
        </main>
      </body>
    </html> `.markup;
}

/** A command line that breaks between words only. */
export function commandLine(command: string): Markup {
  const words = command.split(' ').map((word, i) => html`${i > 0 && ' '}<span>${word}</span>`);
  return html`<pre><code>${words}</code></pre>`;
}
