import { ae } from '@memae/architectures';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../compare/comparison.ts';
import { hasBrowser, openOffline } from '../testing/browser.ts';
import { reachesOut, unclosed } from '../testing/markup.ts';
import { smallComparison } from '../testing/small-comparison.ts';
import { type ReportContext, renderReport } from './render-report.ts';

const context: ReportContext = {
  command: "npx memae start --data 'a & b' --seed 7",
  next: [{ text: 'Go on', command: 'npx memae train' }],
  versions: { node: '22.0.0' },
};
let comparison: Comparison;
let page: string;

beforeAll(async () => {
  comparison = await smallComparison();
  page = renderReport(comparison, context);
});

describe('renderReport', () => {
  it('closes every element that it opens', () => {
    expect(unclosed(page)).toEqual([]);
  });

  it('holds all it needs: no script, and nothing fetched', () => {
    expect(page.split('src="data:').length).toBeGreaterThan(50);
    expect(reachesOut(page)).toEqual([]);
  });

  it('numbers its figures, each with a caption and a description', () => {
    const { document } = parseHTML(page);
    const figures = [...document.querySelectorAll('figure')];
    expect(figures.map(({ id }) => id)).toEqual(figures.map((_, i) => `figure-${i + 1}`));
    expect(figures).toHaveLength(9);
    for (const [i, figure] of figures.entries()) {
      expect(figure.querySelector('figcaption')?.textContent).toMatch(`Figure ${i + 1}.`);
    }
    const pictures = [...document.querySelectorAll('img, svg[role=img]')];
    const described = pictures.every((p) => p.hasAttribute('alt') || p.getAttribute('aria-label'));
    expect(described).toBe(true);
    for (const table of document.querySelectorAll('table')) {
      expect(table.querySelector('caption')?.textContent.trim()).not.toBe('');
      expect(table.querySelector('th[scope]')).not.toBeNull();
    }
  });

  it('says the numbers of the comparison', () => {
    const { document } = parseHTML(page);
    const cells = (row: number): string[] =>
      [...document.querySelectorAll(`.merit tbody tr:nth-child(${row}) td`)].map(
        (td) => td.textContent,
      );
    const { methods } = comparison;
    expect(cells(1)).toEqual(methods.map(({ auroc }) => auroc.toFixed(3)));
    expect(cells(2)).toEqual(methods.map(({ aupr }) => aupr.toFixed(3)));
    expect(cells(3)).toEqual(methods.map(({ f1Max }) => f1Max.toFixed(3)));
    expect(cells(4)).toEqual(
      methods.map(({ confusion }) => `${(100 * confusion.recall).toFixed(1)}\u00a0%`),
    );
    const large = [...document.querySelectorAll('.scores strong')].map((s) => s.textContent);
    expect(large).toEqual(methods.map(({ auroc }) => auroc.toFixed(3)));
    const lead = document.querySelector('.lead')?.textContent.replace(/\s+/g, ' ') ?? '';
    for (const { auroc } of methods) expect(lead).toContain((100 * auroc).toFixed(1));
    expect(lead).toContain('120 samples of the digit 5');
    const verdicts = document.querySelectorAll('.examples .verdict');
    const views = comparison.examples.flatMap((example) => example.views);
    expect(verdicts).toHaveLength(views.length);
    expect(document.querySelector('#figure-1 .verdict')?.textContent).toContain(
      views[0]?.score.toPrecision(3),
    );
  });

  it('tells how to repeat it, with the command escaped', () => {
    const { document } = parseHTML(page);
    expect(document.querySelector('pre code')?.textContent).toBe(context.command);
    expect(page).toContain(comparison.data.fingerprint);
    expect(document.querySelectorAll('.next dt')).toHaveLength(1);
    expect(page).toContain('<code>memory.slots</code>');
  });

  it('gives the same page for the same comparison', () => {
    expect(renderReport(comparison, context)).toBe(page);
  });

  it('leaves out the memory where no method has one, and names that are markup stay text', async () => {
    const alone = await smallComparison({
      methods: [{ plugin: ae, label: '<i>AE</i>' }],
      budget: { 'training.epochs': 1 },
    });
    const other = renderReport(alone, { command: 'x', versions: {} });
    const { document } = parseHTML(other);
    const titles = [...document.querySelectorAll('h2')].map((h2) => h2.textContent).join();
    expect(titles).not.toMatch(/memory|next/);
    expect(document.querySelectorAll('figure')).toHaveLength(5);
    expect(document.querySelectorAll('i')).toHaveLength(0);
    expect(document.querySelector('.merit thead')?.textContent).toContain('<i>AE</i>');
  });
});

describe.skipIf(!hasBrowser)('the page in Chromium (skipped where it is not installed)', () => {
  it('opens offline without an error, every picture drawn, on a desk and on a phone', async () => {
    const seen = await openOffline(page, [1280, 390]);
    for (const { width, wrong, picturesNotDrawn, scrollWidth } of seen) {
      expect({ wrong, picturesNotDrawn, scrollWidth }).toEqual({
        wrong: [],
        picturesNotDrawn: 0,
        scrollWidth: width,
      });
    }
  }, 60_000);
});
