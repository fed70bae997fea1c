import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { drawStrokes } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { openScorer, pictureSamples } from '@memae/scoring';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser, violations } from '../testing/browser.ts';
import { writeClipModel } from '../testing/clip-model.ts';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { writeSeriesModel, writeTileModel } from '../testing/written-model.ts';
import { pageFiles } from './page-files.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const twilight = [...Array<number>(6).fill(20), ...Array<number>(6).fill(220)];

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let pictures: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[];

beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('three'), { data: 'strokes' });
  await trainModel(folder.path('flows'), { data: 'flows' });
  await writeClipModel(folder.path('clips'), twilight);
  await writeSeriesModel(folder.path('plant'));
  await writeTileModel(folder.path('tiles'));
  server = await serveModels(
    ['three', 'flows', 'clips', 'plant', 'tiles'].map((name) => folder.path(name)),
    { page: await pageFiles() },
  );
  const { images } = drawStrokes({ count: 4, random: createRandom(5) });
  pictures = await Promise.all(
    Array.from({ length: 4 }, async (_, i) => ({
      name: `${i}.png`,
      mimeType: 'image/png',
      buffer: await sharp(images.data.slice(i * 784, (i + 1) * 784), {
        raw: { width: 28, height: 28, channels: 1 },
      })
        .png()
        .toBuffer(),
    })),
  );
  if (hasBrowser) browser = await openBrowser();
});
afterAll(async () => {
  if (hasBrowser) await browser.close();
  await server.close();
  await folder.clear();
});

const at = (model: string): string => `${server.url}/#${model}`;
const csv = async (): Promise<string> => {
  const { columns } = (await server.ask('/models/flows')).json as {
    columns: { name: string; kind: string }[];
  };
  const rows = Array.from({ length: 5 }, (_, row) =>
    columns.map(({ kind }, i) => (kind === 'continuous' ? row + i : 'tcp')).join(),
  );
  return [columns.map(({ name }) => name).join(), ...rows, ''].join('\n');
};
/** What the model says of the pictures without a server. */
async function ownScores(): Promise<Map<string, number>> {
  const scorer = await openScorer(folder.path('three'));
  const named = pictures.map(({ name, buffer }) => ({ name, bytes: buffer }));
  const samples = await pictureSamples(named, { manifest: scorer.manifest });
  const scores = new Map<string, number>();
  for await (const scored of scorer.score(samples)) {
    scored.keys.forEach((key, i) => scores.set(key, scored.scores[i] ?? NaN));
  }
  await scorer[Symbol.asyncDispose]();
  return scores;
}

describe('what the page is made of', () => {
  test('files are served by their names alone, to a policy without exceptions', async () => {
    const index = await fetch(`${server.url}/`);
    const policy = index.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    const html = await index.text();
    expect(html).not.toMatch(/<script>|<style|style=|\son\w+=|https?:/);
    const [, script = ''] = /src="([^"]+\.js)"/.exec(html) ?? [];
    const answer = await fetch(new URL(script, server.url));
    expect(answer.headers.get('cache-control')).toContain('immutable');
    for (const path of ['/assets/..%2findex.html', '/assets/', '/licenses.md', '/index.html']) {
      expect((await fetch(server.url + path)).status, path).toBe(404);
    }
  });

  test('models are described, and their pictures shown by number only', async () => {
    const { json } = await server.ask('/models');
    expect(json).toEqual({
      models: [
        expect.objectContaining({
          name: 'three',
          ready: true,
          intake: 'pictures',
          method: 'memae',
        }),
        expect.objectContaining({ name: 'flows', ready: true, intake: 'rows' }),
        expect.objectContaining({ name: 'clips', ready: true, intake: 'frames' }),
        expect.objectContaining({ name: 'plant', ready: true, intake: 'series' }),
        expect.objectContaining({ name: 'tiles', ready: true, intake: 'pictures' }),
      ],
    });
    const manifest = JSON.parse(await readFile(folder.path('three', 'manifest.json'), 'utf8')) as {
      calibration: { samples: number; normal: number[] };
      threshold: { value: number };
    };
    const three = (await server.ask('/models/three')).json;
    expect(three).toMatchObject({
      calibration: manifest.calibration,
      threshold: { value: manifest.threshold.value, rule: 'quantile, 10 % false alarms' },
    });
    const bins = three['histogram'] as { count: number }[];
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(manifest.calibration.samples);
    const example = '/models/clips/versions/1/examples';
    const picture = await fetch(`${server.url}${example}/samples/0/0`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect((await sharp(await picture.arrayBuffer()).metadata()).width).toBe(8);
    for (const path of ['samples/0/99', 'samples/1/0', 'items/0/0']) {
      expect((await server.ask(`${example}/${path}`)).status, path).toBe(404);
    }
    expect((await server.ask(`${example}/..%2f..%2fmanifest.json/0/0`)).status).toBe(400);
    expect((await server.ask('/models/nine')).status).toBe(404);
  });
});

describe.skipIf(!hasBrowser)('the page in Chromium', () => {
  test('a dropped picture has the score that the model gives it', async () => {
    const { page, wrong, close } = await browser.open(at('three'));
    const [first] = pictures;
    const transfer = await page.evaluateHandle<unknown>(`
      const bytes = Uint8Array.from(atob('${first?.buffer.toString('base64') ?? ''}'), (c) => c.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], '${first?.name ?? ''}', { type: 'image/png' }));
      data;
    `);
    await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: transfer });
    const shown = Number(await page.getByTestId('score').textContent());
    expect(shown / ((await ownScores()).get('0.png') ?? NaN)).toBeCloseTo(1, 3);
    expect(await page.locator('.views img').count()).toBe(3);
    expect(await page.getByText('Put together from these memory items').isVisible()).toBe(true);
    expect(wrong).toEqual([]);
    await close();
  });

  test('labels and the expected false alarms follow the threshold', async () => {
    const { page, wrong, close } = await browser.open(at('three'));
    await page.setInputFiles('input[type=file]', pictures);
    const summary = page.getByTestId('summary');
    await summary.getByText('4 pictures scored').waitFor();
    const rate = page.getByTestId('false-alarms');
    expect(await rate.textContent()).toBe('10 %');
    const number = page.getByLabel('Threshold as a number');
    await number.fill('0');
    await number.press('Enter');
    await summary.getByText('4 anomalous, 0 normal').waitFor();
    expect(await rate.textContent()).toBe('100 %');
    await number.fill('1000000');
    await number.press('Enter');
    await summary.getByText('0 anomalous, 4 normal').waitFor();
    expect(await rate.textContent()).toMatch(/^under/);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n');
    expect(lines[0]).toBe('key,score,normalised,label');
    const scores = await ownScores();
    for (const line of lines.slice(1)) {
      const [key = '', score, , label] = line.split(',');
      expect(Number(score) / (scores.get(key) ?? NaN)).toBeCloseTo(1, 6);
      expect(label).toBe('0');
    }
    expect(wrong).toEqual([]);
    await close();
  });

  test('a broken picture is refused in the server’s words', async () => {
    const { page, wrong, close } = await browser.open(at('three'));
    await page.setInputFiles('input[type=file]', {
      name: 'torn.png',
      mimeType: 'image/png',
      buffer: Buffer.from('torn'),
    });
    expect(await page.getByRole('alert').textContent()).toContain('torn.png');
    expect(wrong).toEqual([]);
    await close();
  });

  test('a busy server is asked again when it says so', async () => {
    const { page, close } = await browser.open(at('three'));
    let asked = 0;
    await page.route('**/score*', async (route) => {
      asked += 1;
      if (asked > 1) return route.continue();
      return route.fulfill({
        status: 503,
        headers: { 'retry-after': '1' },
        json: { error: 'busy' },
      });
    });
    await page.setInputFiles('input[type=file]', pictures);
    await page.getByText('The server is busy. Trying again in 1 s').waitFor();
    await page.getByTestId('summary').getByText('4 pictures scored').waitFor();
    expect(asked).toBe(2);
    await close();
  });

  test('rows are ranked, with the columns that made each score', async () => {
    const { page, wrong, close } = await browser.open(at('flows'));
    await page.getByLabel('Or paste rows').fill(await csv());
    await page.getByRole('button', { name: 'Score rows' }).click();
    await page.getByTestId('summary').getByText('5 rows scored').waitFor();
    const shown = (await page.getByTestId('result-score').allTextContents()).map(Number);
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
    expect(await page.locator('.reasons').first().textContent()).toMatch(/\w+ \d+ %/);
    expect(await page.getByRole('row').count()).toBeGreaterThan(5);
    await page.getByLabel('Or paste rows').fill('a,b\n1,2\n');
    await page.getByRole('button', { name: 'Score rows' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('duration');
    expect(wrong).toEqual([]);
    await close();
  });

  test('rows of a series are scored as steps, pictures of a model of tiles whole', async () => {
    const plant = await browser.open(at('plant'));
    const rows = plant.page.getByLabel('Or paste rows');
    expect(await rows.getAttribute('placeholder')).toBe('at,load');
    await rows.fill('at,load\n1,2\n2,20\n3,1\n4,3\n');
    await plant.page.getByRole('button', { name: 'Score rows' }).click();
    const told = plant.page.getByTestId('summary').getByText('4 steps scored: 1 anomalous');
    await told.waitFor();
    expect(Number(await plant.page.getByTestId('score').textContent())).toBeCloseTo(400, 3);
    expect(await violations(plant.page)).toEqual([]);
    expect(plant.wrong).toEqual([]);
    await plant.close();
    const tiles = await browser.open(at('tiles'));
    await tiles.page.getByText('scored whole, in tiles of 8 × 8').waitFor();
    const [first] = pictures;
    if (first) await tiles.page.setInputFiles('input[type=file]', first);
    await tiles.page.getByTestId('summary').getByText('1 picture scored').waitFor();
    const { width } = await sharp(
      Buffer.from(
        (await tiles.page.locator('.views img').first().getAttribute('src'))?.split(',')[1] ?? '',
        'base64',
      ),
    ).metadata();
    expect(width).toBe(28);
    expect(await violations(tiles.page)).toEqual([]);
    expect(tiles.wrong).toEqual([]);
    await tiles.close();
  });

  test('a sample is played, scored frame by frame, and its alarm shaded', async () => {
    const { page, wrong, close } = await browser.open(at('clips'));
    await page.getByRole('button', { name: 'Score the sample dusk' }).click();
    await page.getByText('12 frames scored').waitFor();
    expect(await page.getByTestId('alarms').textContent()).toBe('1 alarm');
    expect(await page.getByTestId('alarm-shade').count()).toBe(1);
    const number = page.getByLabel('Threshold as a number');
    await number.fill('240');
    await number.press('Enter');
    await page.getByText('No alarm', { exact: true }).waitFor();
    await page.getByLabel('Position in the video').fill('0.3');
    expect(await page.getByText('score 20 ·').count()).toBe(1);
    expect(wrong).toEqual([]);
    await close();
  });

  test.skipIf(!hasFfmpeg)('a film is scored as it plays (needs ffmpeg)', async () => {
    const film = folder.path('film.webm');
    const source =
      'color=black:size=64x64:rate=10:duration=1[a];color=white:size=64x64:rate=10:duration=1[b];[a][b]concat';
    const made = spawnSync('ffmpeg', ['-y', '-filter_complex', source, '-c:v', 'libvpx', film]);
    expect(made.status, made.stderr.toString()).toBe(0);
    const { page, wrong, close } = await browser.open(at('clips'));
    await page.setInputFiles('input[type=file]', film);
    await page.getByText(/frames scored/).waitFor();
    const [, frames] =
      /(\d+) frames/.exec((await page.locator('.notice').textContent()) ?? '') ?? [];
    expect(Number(frames)).toBeGreaterThan(15);
    expect(await page.getByTestId('alarms').textContent()).toBe('1 alarm');
    await writeFile(film, 'no film');
    await page.setInputFiles('input[type=file]', film);
    expect(await page.getByRole('alert').textContent()).toContain('cannot play film.webm');
    expect(wrong).toEqual([]);
    await close();
  });

  test('everything can be done by keyboard', async () => {
    const { page, close } = await browser.open(at('three'));
    await page.getByRole('heading', { name: 'three' }).waitFor();
    const focused = (): Promise<string> =>
      page.evaluate<string>(`
        const { labels, ariaLabel, textContent } = document.activeElement;
        (labels?.[0]?.textContent ?? ariaLabel ?? textContent).trim();
      `);
    const order: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order.join(' | ')).toMatch(
      /memae.*Model.*Dark.*Choose pictures.*Threshold.*Flag scores above/,
    );
    const slider = page.getByLabel('Flag scores above');
    await slider.focus();
    const before = await slider.getAttribute('aria-valuetext');
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).not.toBe(before);
    const chooser = page.waitForEvent('filechooser');
    await page.locator('input[type=file]').focus();
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(pictures);
    await page.getByTestId('summary').getByText('4 pictures scored').waitFor();
    const last = page.locator('.result').last();
    await last.focus();
    await page.keyboard.press('Enter');
    expect(await last.getAttribute('aria-pressed')).toBe('true');
    await close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing to complain of, %s',
    async (colorScheme) => {
      for (const model of ['three', 'flows', 'clips']) {
        const { page, close } = await browser.open(at(model), { colorScheme });
        await page.getByRole('heading', { name: model }).waitFor();
        if (model === 'three') {
          await page.setInputFiles('input[type=file]', pictures);
          await page.getByTestId('summary').getByText('4 pictures').waitFor();
        } else if (model === 'flows') {
          await page.getByLabel('Or paste rows').fill(await csv());
          await page.getByRole('button', { name: 'Score rows' }).click();
          await page.getByTestId('summary').waitFor();
        } else {
          await page.getByRole('button', { name: 'Score the sample dusk' }).click();
          await page.getByText('12 frames scored').waitFor();
        }
        expect(await violations(page)).toEqual([]);
        await close();
      }
    },
  );

  test('a phone shows all of it without scrolling sideways, and the theme can be chosen', async () => {
    for (const model of ['three', 'flows', 'clips']) {
      const { page, close } = await browser.open(at(model), {
        viewport: { width: 360, height: 740 },
      });
      await page.getByRole('heading', { name: model }).waitFor();
      if (model === 'three') await page.setInputFiles('input[type=file]', pictures);
      if (model === 'flows') {
        await page.getByLabel('Or paste rows').fill(await csv());
        await page.getByRole('button', { name: 'Score rows' }).click();
      }
      if (model !== 'clips') await page.getByTestId('summary').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.getByRole('button', { name: 'Dark' }).click();
      await page.reload();
      expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(
        'dark',
      );
      await close();
    }
  });
});
