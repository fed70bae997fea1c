import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '@memae/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSavedRun } from './saved-run.ts';
import { start } from './testing/child.ts';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path, folder: cwd } = world;
const training = 'train --data digits --normal 3 --batch 4 --epochs 12 --threads 2';
const model = (name: string): Buffer => readFileSync(path(`${name}/model.onnx`));

beforeAll(async () => {
  await writeDigits(path('digits'));
  expect(await run(`${training} --out unbroken`)).toMatchObject({ status: 0 });
});
afterAll(world.clear);

test('interrupted in mid-epoch and resumed, twice, a run ends as one that was never stopped', async () => {
  // The line of progress is written over within an epoch, so that is where this stops; by this clock at each step,
  // however fast the machine is.
  let now = 0;
  const shown = { tty: true, clock: () => (now += 100) };
  const line = `${training} --out stopped`;
  const first = await run(line, { ...shown, interruptAt: 'epoch 3/12' });
  expect(first.status).toBe(130);
  expect(first.stderr).toContain('memae train --out stopped --resume --threads 2');
  expect(existsSync(path('stopped/manifest.json'))).toBe(false);

  expect(await run(line)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--resume') as string,
  });
  const again = 'train --out stopped --resume --threads 2';
  expect(await run(again, { ...shown, interruptAt: 'epoch 8/12' })).toMatchObject({ status: 130 });
  expect(await run(again)).toMatchObject({ status: 0 });
  expect(model('stopped').equals(model('unbroken'))).toBe(true);
  expect(existsSync(path('stopped/checkpoint.safetensors'))).toBe(false);
  expect(await run('train --out stopped --resume')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('CLI_RUN_EXISTS') as string,
  });
});

test('a checkpoint is saved within an epoch as often as --save-every says', async () => {
  // A step takes a second and more by this clock; a step after the first fails.
  let now = 0;
  const clock = (): number => (now += 1000);
  const settings = '--method ae --set network.output=linear --set training.rate=1e6';
  const failing = `train --data digits --normal 3 --batch 4 ${settings}`;
  for (const [flag, saved] of [
    ['', false],
    ['--save-every 1', true],
  ] as const) {
    const out = `steep-${saved ? 'saved' : 'lost'}`;
    const { stderr } = await run(`${failing} --out ${out} ${flag}`, { clock });
    expect(stderr).toMatch(/TRAIN_DIVERGED.* epoch 1, at step [2-5]/);
    expect(existsSync(path(`${out}/checkpoint.safetensors`))).toBe(saved);
  }
  const often = `${training} --out often --save-every 1`;
  const stopped = await run(often, { interruptAt: 'epoch 1:' });
  expect(stopped.stderr).toContain('--resume --threads 2 --save-every 1');
  expect(await run('train --out often --resume --threads 2 --save-every 2')).toMatchObject({
    status: 0,
  });
  expect(model('often').equals(model('unbroken'))).toBe(true);
  expect((await run(`${failing} --out never --save-every 0`)).stderr).toMatch(/whole number of 1/);
});

test('the whole command with --resume starts where there is nothing to go on from', async () => {
  const quick = 'train --data digits --normal 1 --limit 12 --epochs 1 --out fresh --resume';
  const { status, stderr } = await run(quick);
  expect(status).toBe(0);
  expect(stderr).toContain('no checkpoint in fresh yet');
});

test('a run that was killed before its first checkpoint begins again as its run.json says', async () => {
  mkdirSync(path('begun'));
  cpSync(path('unbroken/run.json'), path('begun/run.json'));
  const { status, stderr } = await run('train --out begun --resume --threads 2');
  expect([status, stderr]).toEqual([0, expect.stringContaining('no checkpoint in begun yet')]);
  expect(model('begun').equals(model('unbroken'))).toBe(true);

  mkdirSync(path('other-begun'));
  cpSync(path('unbroken/run.json'), path('other-begun/run.json'));
  const other = 'train --data digits --normal 1 --limit 12 --epochs 1 --out other-begun --resume';
  expect(await run(other)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/CLI_CHECKPOINT_DIFFERS.*normal \(there "3", here "1"/) as string,
  });
  expect(await run(`${other} --force`)).toMatchObject({ status: 0 });
});

test('a checkpoint is not used for another run', async () => {
  await run(`${training} --out other`, { interruptAt: 'epoch 1:' });
  const resumed = async (flags: string): Promise<string> =>
    (await run(`train --out other --resume ${flags}`)).stderr;
  expect(await resumed('--normal 4')).toMatch(
    /CLI_CHECKPOINT_DIFFERS.*normal \(there "3", here "4"/,
  );
  expect(await resumed('--seed 8 --set memory.slots=9')).toMatch(
    /memory\.slots.*seed|seed.*memory\.slots/,
  );
  expect(await resumed('--method ae')).toContain('method (there "memae", here "ae")');
  expect(await resumed('--preset paper')).toContain('preset (there null, here "paper")');
  expect(existsSync(path('other/checkpoint.safetensors'))).toBe(true);
});

test('a forced run that is stopped leaves the finished one whole, and can be resumed', async () => {
  await run('train --data digits --normal 1 --limit 12 --epochs 1 --out forced');
  const before = model('forced');
  const evaluated = await run('evaluate forced --json');
  const stopped = await run(`${training} --out forced --force`, { interruptAt: 'epoch 2:' });
  expect(stopped.status).toBe(130);
  expect(model('forced').equals(before)).toBe(true);
  expect(await run('evaluate forced --json')).toEqual(evaluated);
  expect(await run('train --out forced --resume --threads 2')).toMatchObject({ status: 0 });
  expect(model('forced').equals(model('unbroken'))).toBe(true);
});

test('Ctrl-C and SIGTERM end the real program with a checkpoint and a command that goes on', async () => {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = start(`${training} --out ${signal} --json`, { cwd });
    await waitFor(path(`${signal}/checkpoint.safetensors`), child.ended);
    child.process.kill(signal);
    const ended = await child.ended;
    expect(ended).toMatchObject({ status, stderr: '' });
    const { error } = JSON.parse(ended.stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe('TRAIN_ABORTED');
    const [, command = ''] = /memae (train .*)$/.exec(error.message) ?? [];
    expect(await run(command)).toMatchObject({ status: 0 });
    expect(model(signal).equals(model('unbroken'))).toBe(true);
  }
});

test('killed at any moment, the checkpoint loads and the run goes on to the same model', async () => {
  const random = createRandom(1);
  const checkpoint = path('killed/checkpoint.safetensors');
  let finished = false;
  for (let kills = 0; !finished && kills < 5; kills += 1) {
    const child = start(`${training} --out killed --resume`, { cwd });
    await child.saw('epoch');
    // An epoch of 18 samples is short, so most of this is spent writing checkpoints.
    await wait(random.uniform(0, 250));
    child.process.kill('SIGKILL');
    finished = (await child.ended).status === 0;
    if (existsSync(checkpoint)) {
      expect((await readSavedRun(checkpoint)).config.normal).toBe('3');
    }
  }
  if (!finished)
    expect(await run(`${training} --out killed --resume`)).toMatchObject({ status: 0 });
  expect(model('killed').equals(model('unbroken'))).toBe(true);
});

test('a folder in which another process trains is refused, until that has ended in whatever way', async () => {
  const line = `${training} --epochs 5000 --out busy`;
  const lock = path('busy/run.lock');
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const child = start(`${line} --force`, { cwd });
    await child.saw('epoch');
    const who = `CLI_RUN_BUSY: ${path('busy')} is in use: process ${child.process.pid} of the host ${hostname()} `;
    for (const again of [line, `${line} --force`, 'train --out busy --resume']) {
      expect(await run(again)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(who) as string,
      });
    }
    child.process.kill(signal);
    await child.ended;
    expect(existsSync(lock)).toBe(signal === 'SIGKILL');
  }
  expect(await run(`${line} --resume`, { interruptAt: 'epoch' })).toMatchObject({ status: 130 });
  expect(existsSync(lock)).toBe(false);
});

test('whose lock it is decides whether it holds', async () => {
  mkdirSync(path('locked'));
  const line = 'train --data digits --normal 1 --limit 12 --epochs 1 --out locked --force';
  const lock = path('locked/run.lock');
  for (const [held, by] of [
    [
      `${process.pid} elsewhere\n`,
      /process \d+ of the host elsewhere trains there.*remove .*run\.lock/,
    ],
    // Of a process of another user.
    [`1 ${hostname()}\n`, /process 1 of/],
    ['', /another process trains there/],
  ] as const) {
    writeFileSync(lock, held);
    expect(await run(line)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(by) as string,
    });
  }
  // Left by a process that had the same id.
  writeFileSync(lock, `${process.pid} ${hostname()}\n`);
  expect(await run(line)).toMatchObject({ status: 0 });
  expect(existsSync(lock)).toBe(false);
});

test('of two trainings at once in one process, too, one is refused', async () => {
  const line = 'train --data digits --normal 1 --limit 12 --epochs 1 --out both';
  const both = await Promise.all([run(line), run(line)]);
  expect(both.map(({ status }) => status).sort()).toEqual([0, 1]);
  expect(both.map(({ stderr }) => stderr).join('')).toMatch(/CLI_RUN_(BUSY|EXISTS)/);
});

test('a run that was finished while the data were read is kept', async () => {
  // The clock is first asked once the folder has been found free.
  const clock = (): number => {
    mkdirSync(path('late'), { recursive: true });
    writeFileSync(path('late/manifest.json'), '{}');
    return performance.now();
  };
  const line = 'train --data digits --normal 1 --limit 12 --epochs 1 --out late';
  expect(await run(line, { clock })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('CLI_RUN_EXISTS') as string,
  });
  expect(readFileSync(path('late/manifest.json'), 'utf8')).toBe('{}');
});

async function waitFor(file: string, ended: Promise<unknown>): Promise<void> {
  const over = ended.then(() => true);
  while (!existsSync(file)) {
    if (await Promise.race([over, wait(10, false)])) return;
  }
}
