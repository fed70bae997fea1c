// For tests: the page in a real browser, with a note of whatever it should not do.

import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type BrowserContextOptions, type Page, chromium } from 'playwright-core';

const browser = '/usr/bin/chromium';

/** Whether pages can be opened here. */
export const hasBrowser = existsSync(browser);

export interface Tab {
  readonly page: Page;
  /** Errors, and requests to anyone but the server. */
  readonly wrong: readonly string[];
  readonly close: () => Promise<void>;
}

export async function openBrowser() {
  const instance = await chromium.launch({
    executablePath: browser,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  return {
    open: async (url: string, options: BrowserContextOptions = {}): Promise<Tab> => {
      const context = await instance.newContext(options);
      const page = await context.newPage();
      const wrong: string[] = [];
      const origin = new URL(url).host;
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        // A status of 400 and above is said here, too; the tests look at what the page makes of it.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          wrong.push(message.text());
        }
      });
      page.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        if (!['blob:', 'data:'].includes(protocol) && host !== origin) wrong.push(request.url());
      });
      await page.goto(url);
      return { page, wrong, close: () => context.close() };
    },
    close: () => instance.close(),
  };
}

/** What axe finds: the rules that are broken, and where. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}
