import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settle } from './options.ts';
import { createFolder, trainModel } from './testing/models.ts';
import { startProgram } from './testing/program.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
});
afterAll(() => folder.clear());

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startProgram(folder.path(), { args, env });

describe('the program', () => {
  test('serves by a configuration file, and is not ready first, then ends, when it is terminated', async () => {
    await writeFile(
      folder.path('serve.yaml'),
      'models: [net=flows]\nport: 1\nshutdownDelaySeconds: 1\n',
    );
    const program = start(['--config', 'serve.yaml', '--port', '0'], {
      MEMAE_SERVE_LOG_LEVEL: 'info',
    });
    const url = await program.url();
    expect(await (await fetch(`${url}/v2/health/ready`)).json()).toEqual({
      live: true,
      ready: true,
    });
    program.kill('SIGTERM');
    while ((await fetch(`${url}/v2/health/ready`)).status !== 503);
    const inputs = [
      { name: 'samples', shape: [1, 20], datatype: 'FP32', data: Array<number>(20).fill(1) },
    ];
    const answer = await fetch(`${url}/v2/models/net/infer`, {
      method: 'POST',
      headers: { 'x-request-id': 'the-last' },
      body: JSON.stringify({ inputs }),
    });
    expect(answer.status).toBe(200);
    const { status, stderr } = await program.ended;
    expect(status).toBe(0);
    expect(stderr).toContain('"reqId":"the-last"');
  });

  test('says what it cannot serve', async () => {
    expect(await start(['nowhere', '--port', '0']).ended).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^memae-server: SERVER_BAD_OPTION: .*nowhere holds no artifact/,
      ) as string,
    });
  });
});

describe('settings', () => {
  const given = { flags: {}, models: ['runs/five'], env: {} };

  test('a flag wins over the environment, that over the file, that over the default', () => {
    const env = { MEMAE_SERVE_PORT: '2', MEMAE_SERVE_MAX_BATCH_SIZE: '3' };
    const file = { port: 5, maxBatchSize: 6, instances: 7, models: ['runs/other'] };
    expect(settle({ flags: { port: 1 }, models: [], env, file })).toMatchObject({
      ...{ port: 1, maxBatchSize: 3, instances: 7, host: '127.0.0.1', models: ['runs/other'] },
    });
    expect(settle({ ...given, file }).models).toEqual(['runs/five']);
  });

  test.each([
    [
      { flags: { port: 'x' } },
      /^--port: a whole number from 0 to 65535 was expected, but "x" came/,
    ],
    [{ env: { MEMAE_SERVE_INSTANCES: '0' } }, /^MEMAE_SERVE_INSTANCES: a whole number from 1/],
    [
      { file: { logLevel: 'loud' } },
      /^logLevel in the configuration: fatal, .* was expected, but "loud"/,
    ],
    [{ file: { ports: 1 } }, /no option "ports". Known: host, port/],
    [{ file: [] }, /holds no options/],
    [{ file: { models: 'runs/five' } }, /a list of texts/],
    [{ models: [] }, /No model is named/],
  ])('%j is refused', (wrong, message) => {
    expect(() => settle({ ...given, ...wrong })).toThrow(message);
  });
});
