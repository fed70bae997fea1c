// For tests: a page as a browser shows it, where there is one.

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const browser = '/usr/bin/chromium';

/** Whether pages can be opened here. */
export const hasBrowser = existsSync(browser);

/** What went wrong with a page that was opened offline at each of these widths. */
export interface Seen {
  readonly width: number;
  /** Errors and requests that failed. */
  readonly wrong: readonly string[];
  readonly picturesNotDrawn: number;
  /** How wide the content is. */
  readonly scrollWidth: number;
  /** Tables that must be scrolled to be read. */
  readonly tablesCut: number;
}

/** Opens a page of HTML from a file, with no network, once for each width. */
export async function openOffline(page: string, widths: readonly number[]): Promise<Seen[]> {
  const folder = await mkdtemp(join(tmpdir(), 'memae-report-'));
  const file = join(folder, 'report.html');
  await writeFile(file, page);
  const instance = await chromium.launch({
    executablePath: browser,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  try {
    const seen: Seen[] = [];
    for (const width of widths) {
      const tab = await instance.newPage({ offline: true, viewport: { width, height: 800 } });
      const wrong: string[] = [];
      tab.on('console', (message) => wrong.push(message.text()));
      tab.on('pageerror', (error) => wrong.push(error.message));
      tab.on('requestfailed', (request) => wrong.push(request.url().slice(0, 80)));
      await tab.goto(pathToFileURL(file).href);
      seen.push({
        width,
        wrong,
        picturesNotDrawn: await tab.evaluate(
          '[...document.images].filter((i) => i.naturalWidth === 0).length',
        ),
        scrollWidth: await tab.evaluate('document.documentElement.scrollWidth'),
        tablesCut: await tab.evaluate(
          "[...document.querySelectorAll('.scroll')].filter((s) => s.scrollWidth > s.clientWidth).length",
        ),
      });
      await tab.close();
    }
    return seen;
  } finally {
    await instance.close();
    await rm(folder, { recursive: true });
  }
}
