import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { html, raw } from './html.ts';

describe('html', () => {
  it('lets no text become markup, in elements and in attributes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { document } = parseHTML(html`<p title="${text}">${text}</p>`.markup);
        const [child, ...others] = document.childNodes;
        expect(others).toEqual([]);
        expect(child?.textContent).toBe(text);
      }),
    );
    expect(html`<p>${'<script>&"\''}</p>`.markup).toBe('<p>&#60;script&#62;&#38;&#34;&#39;</p>');
  });

  it('puts in markup, lists and numbers, and leaves out false and undefined', () => {
    const items = [1, 2].map((n) => html`<li>${n}</li>`);
    const list = html`<ul>
      ${[items, false, undefined, raw('<hr />')]}
    </ul>`;
    expect(list.markup.replace(/\s*\n\s*/g, '')).toBe('<ul><li>1</li><li>2</li><hr /></ul>');
  });
});
