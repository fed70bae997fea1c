// Prints what it takes to score a drawn table with memae, from Parquet to CSV, and with onnxruntime-node alone: rows a
// second of time and of work (processor seconds, which other programs disturb less), and peak memory.

import { DuckDBInstance } from '@duckdb/node-api';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    columns: { type: 'string', default: '100' },
    threads: { type: 'string', default: '1' },
    folder: { type: 'string', default: join(tmpdir(), 'memae-big-table') },
  },
});
const { rows, columns, threads, folder } = values;
const memae = join(import.meta.dirname, '..', '..', '..', 'apps', 'cli', 'memae.ts');
const table = join(folder, `${rows}x${columns}.parquet`);
const run = join(folder, `run-${columns}`);

interface Taken {
  readonly seconds: number;
  readonly work: number;
  readonly mebibytes: number;
}

/** Runs a program of Node in a process of its own. */
async function measured(...args: readonly string[]): Promise<Taken> {
  const told =
    'import{writeSync}from"node:fs";process.on("exit",()=>{const u=process.resourceUsage();' +
    'writeSync(3,JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS]))})';
  const hook = `--import=data:text/javascript,${encodeURIComponent(told)}`;
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=@memae/source', hook, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let usage = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => (usage += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number];
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}.`);
  const [microseconds = NaN, kibibytes = NaN] = JSON.parse(usage) as number[];
  const seconds = (performance.now() - began) / 1000;
  return { seconds, work: microseconds / 1e6, mebibytes: kibibytes / 1024 };
}

async function draw(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const drawn = Array.from(
    { length: Number(columns) },
    (_, i) => `round(sin(range * ${0.001 * (i + 1)}) + random(), 3)::FLOAT AS c${i}`,
  );
  await connection.run('SELECT setseed(0.7)');
  await connection.run(
    `COPY (SELECT ${drawn.join(', ')} FROM range(${Number(rows)})) TO '${table}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

function print(name: string, { seconds, work, mebibytes }: Taken): void {
  const rate = (time: number): string => Math.round(Number(rows) / time).toLocaleString('en-US');
  console.log(
    `| ${name} | ${seconds.toFixed(1)} | ${rate(seconds)} | ${work.toFixed(1)} | ${rate(work)} | ${Math.round(mebibytes)} |`,
  );
}

await mkdir(folder, { recursive: true });
if (!existsSync(table)) await draw();
const training = ['--limit', '50000', '--epochs', '1', '--threads', threads, '--out', run];
if (!existsSync(run)) await measured(memae, 'train', '--data', table, ...training);
console.log('| | seconds | rows a second | processor seconds | rows a processor second | MiB |');
console.log('|---|--:|--:|--:|--:|--:|');
const scores = join(folder, 'scores.csv');
print(
  'memae score',
  await measured(memae, 'score', run, table, '--threads', threads, '--out', scores),
);
const bare = join(import.meta.dirname, 'bare.ts');
print('bare onnxruntime', await measured(bare, join(run, 'model.onnx'), rows, threads));
