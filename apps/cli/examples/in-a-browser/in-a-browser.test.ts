// The example's page in a real browser: its scores are those of the command line, for each kind of data.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openOnnx } from '@memae/backend/ort';
import { createRandom, ndarray, sizeOf } from '@memae/graph';
import { readArtifact } from '@memae/onnx';
import { type Browser, type Page, chromium } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld } from '../../src/testing/world.ts';

const executablePath = '/usr/bin/chromium';
const runtime = dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm')));
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const world = createWorld();
afterAll(world.clear);

/** The example's folder as its README has it laid out, over HTTP; each run under its name. */
async function serve(): Promise<Server> {
  const fileOf = (path: string): string => {
    const name = path === '/' ? '/index.html' : path;
    if (name.startsWith('/node_modules/onnxruntime-web/dist/')) {
      return join(runtime, name.split('/').at(-1) ?? '');
    }
    const ofRun = /^\/(run|flows|shapes)\//.test(name);
    return ofRun ? world.path(name) : join(import.meta.dirname, name);
  };
  const server = createServer((request, response) => {
    readFile(fileOf(request.url ?? '/')).then(
      (body) => {
        const type = types[extname(request.url ?? '')] ?? 'text/html';
        response.writeHead(200, { 'content-type': type }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.skipIf(!existsSync(executablePath))('a run in a browser (needs /usr/bin/chromium)', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  const wrong: string[] = [];

  beforeAll(async () => {
    const lines = [
      'train --data strokes --normal 3 --limit 100 --epochs 1 --out run',
      'train --data flows --limit 1500 --epochs 1 --out flows',
      'train --data moving-shapes --size 16x16 --data-option stride=8 --set network.width=0.1 --epochs 1 --out shapes',
    ];
    for (const line of lines) expect(await world.run(line)).toMatchObject({ status: 0 });
    server = await serve();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    page.on('pageerror', ({ message }) => wrong.push(message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  it('scores pictures as the command line does, with its verdicts', async () => {
    const files: string[] = [];
    for (const [name, level] of [
      ['dark', 10],
      ['light', 250],
    ] as const) {
      files.push(world.path(`${name}.png`));
      await sharp({
        create: {
          width: 28,
          height: 28,
          channels: 3,
          background: { r: level, g: level, b: level },
        },
      })
        .composite([
          { input: Buffer.alloc(3 * 64, 128), raw: { width: 8, height: 8, channels: 3 } },
        ])
        .toFile(files.at(-1) ?? '');
    }
    const { stdout } = await world.run('score run dark.png light.png --json');
    const told = JSON.parse(stdout) as {
      readonly scores: readonly { readonly score: number; readonly label: number }[];
    };
    await writeFile(world.path('text.png'), 'no picture');
    files.push(world.path('text.png'));
    await page.locator('input:enabled').setInputFiles(files);
    await page.getByText('Done').waitFor();
    const cells = await page.locator('tbody td').allTextContents();
    expect(cells).toHaveLength(9);
    expect(cells.slice(6)).toEqual(['text.png', '', expect.stringMatching(/^not scored: /)]);
    told.scores.forEach(({ score, label }, i) => {
      expect(Number(cells[3 * i + 1]) / score).toBeCloseTo(1, 5);
      expect(cells[3 * i + 2]).toBe(label === 1 ? 'anomalous' : 'normal');
    });
    expect(wrong).toEqual([]);
  });

  it('says where there is no run', async () => {
    const told = page.evaluate("import('./score.js').then(({ openRun }) => openRun('elsewhere'))");
    await expect(told).rejects.toThrow(/no run at elsewhere: 404 for .*elsewhere\/manifest.json/);
  });

  it.each(['run', 'flows', 'shapes'])('%s: every output is what Node has', async (name) => {
    const { manifest, model } = await readArtifact(world.path(name));
    const { input } = manifest;
    const dims = input.dims.map((dim) => (dim === 'batch' ? 3 : dim));
    const random = createRandom(1);
    const bytes = input.dtype === 'uint8';
    const data = Array.from({ length: sizeOf(dims) }, () =>
      bytes ? random.integer(256) : random.uniform(),
    );
    const samples = bytes ? ndarray(Uint8Array.from(data), dims) : ndarray(data, dims);
    const executable = await openOnnx(model);
    const wanted = await executable.run({ [input.name]: samples });
    await executable[Symbol.asyncDispose]();
    const found = await page.evaluate<Record<string, number[]>>(`(async () => {
      const { openRun } = await import('./score.js');
      const { manifest, run } = await openRun('${name}');
      const numbers = ${JSON.stringify(data)};
      const typed = manifest.input.dtype === 'uint8' ? Uint8Array : Float32Array;
      const outputs = await run(typed.from(numbers), ${JSON.stringify(dims)});
      return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
    })()`);
    expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
    for (const [output, { data: values }] of Object.entries(wanted)) {
      const limit = 1e-4 * Math.max(...Array.from(values, Math.abs));
      values.forEach((value, k) => {
        const off = Math.abs(value - (found[output]?.[k] ?? NaN));
        expect(off, `${output}, ${k}`).toBeLessThanOrEqual(limit);
      });
    }
  });
});
