import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ae } from '@memae/architectures';
import { parseHTML } from 'linkedom';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../compare/comparison.ts';
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
    const open: string[] = [];
    const empty = /^(meta|link|img|!doctype)$/;
    for (const [, close, name = '', rest = ''] of page.matchAll(
      /<(\/?)([!a-z][\w]*)((?:"[^"]*"|[^">])*)>/gi,
    )) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (!empty.test(name) && !rest.endsWith('/')) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('holds all it needs: no script, and nothing fetched', () => {
    expect(page).not.toMatch(/<(script|iframe|object|embed|base)\b|\bon\w+=|@import|url\(/i);
    const sources = [...page.matchAll(/\b(?:src|srcset|href)="([^"]*)"/g)].map(([, url]) => url);
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((url) => !/^(data:|#)/.test(url ?? ''))).toEqual([]);
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

const browser = '/usr/bin/chromium';
describe.skipIf(!existsSync(browser))(
  'the page in Chromium (skipped where it is not installed)',
  () => {
    it('opens offline without an error, every picture drawn, on a desk and on a phone', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'memae-report-'));
      const file = join(folder, 'report.html');
      await writeFile(file, page);
      const instance = await chromium.launch({
        executablePath: browser,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--disable-background-networking',
        ],
      });
      try {
        for (const width of [1280, 390]) {
          const tab = await instance.newPage({ offline: true, viewport: { width, height: 800 } });
          const wrong: string[] = [];
          tab.on('console', (message) => wrong.push(message.text()));
          tab.on('pageerror', (error) => wrong.push(error.message));
          tab.on('requestfailed', (request) => wrong.push(request.url().slice(0, 80)));
          await tab.goto(pathToFileURL(file).href);
          expect(wrong).toEqual([]);
          expect(
            await tab.evaluate('[...document.images].filter((i) => i.naturalWidth === 0).length'),
          ).toBe(0);
          expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
          await tab.close();
        }
      } finally {
        await instance.close();
        await rm(folder, { recursive: true });
      }
    }, 60_000);
  },
);
