import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from './testing/child.ts';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;

beforeAll(async () => {
  await writeDigits(path('digits'), { count: 100 });
  await run('train --data digits --normal 3 --epochs 1 --out runs/a');
});
afterAll(world.clear);

test('a finished run is served until a signal ends it', async () => {
  const served = await run('serve runs/a again=runs/a --port 0 --instances 2 --threads 1', {
    interruptAt: 'Server listening',
  });
  expect(served).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(
      /^Serving runs\/a, again=runs\/a at http:\/\/127\.0\.0\.1:\d+\n$/,
    ) as string,
  });
  const { stdout } = await run('serve runs/a --port 0 --json', { interruptAt: 'Server listening' });
  expect(JSON.parse(stdout)).toEqual({ served: ['runs/a'] });
});

test('SIGHUP has the real program read its tokens again', async () => {
  await writeFile(path('tokens'), 'a-token-of-some-length');
  const child = start('serve runs/a --port 0 --tokens tokens', { cwd: world.folder });
  await child.saw('Server listening');
  await writeFile(path('tokens'), 'broken');
  child.process.kill('SIGHUP');
  await child.saw('the old ones hold');
  child.process.kill('SIGTERM');
  const { status, stderr } = await child.ended;
  expect([status, stderr]).toEqual([0, expect.stringContaining('the old ones hold')]);
});

test.each([
  ['serve', /SERVER_BAD_OPTION: No model is named/],
  ['serve runs/a --port 70000', /--port: a whole number from 0 to 65535/],
  ['serve runs/none --port 0', /holds no artifact/],
  ['serve runs/a --config none.yaml', /none\.yaml cannot be read/],
])('%s: wrong usage', async (line, message) => {
  expect(await run(line)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(message) as string,
  });
});
