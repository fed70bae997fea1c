// Requests a second over HTTP, beside the same model called in-process and servers in Python:
//
//   MEMAE_PYTHON=python-with-fastapi MEMAE_MLSERVER=path/to/mlserver pnpm bench:server
//     [--only kdd] [--seconds 1] [--rounds 3] [--threads 1] [--json]
//
// All sides compute with the same threads a run of the model, the same samples a request, and the score alone as output;
// all servers may have as many runs at a time as there are cores, which they share with wrk. In-process means one call
// after another with nothing else. Sides take turns; each figure is the median of the rounds, of which there is one more
// before, to warm up. Every server's scores are compared first.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '@memae/graph';
import { createClient } from '../client.ts';
import { type Keep, keeping } from '../keeping.ts';
import { openModel, temporaryFolder, trainModel } from '../model.ts';
import { agree, inferPath, quantile } from '../trial.ts';
import { type Encoding, inferRequest, scoresOf } from '../wire.ts';
import { type ServerSide, startInProcess, startSides } from './sides.ts';
import { type Speed, loadBy } from './wrk.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [seconds, rounds, threads] = [values.seconds, values.rounds, values.threads].map(Number) as [
  number,
  number,
  number,
];
const hasData = process.env['MEMAE_DATA'] !== undefined;
/** Networks of the paper; without the data sets, drawn pictures for the one, and for the other rows of fewer columns. */
const models = { mnist: hasData ? 'mnist' : 'strokes', kdd: hasData ? 'kddcup99' : 'flows' };
/** Samples of a request, and connections; of large requests few wait for each other. */
const loads = [
  { batch: 1, connections: [1, 8, 64] },
  { batch: 32, connections: [1, 8, 64] },
  { batch: 256, connections: [1, 8] },
];

interface Row extends Speed {
  readonly model: string;
  readonly batch: number;
  readonly side: string;
  readonly connections?: number;
  /** Of the in-process rate of bare onnxruntime-node. */
  readonly share: number;
  /** Of FastAPI's rate in the same encoding at as many connections. */
  readonly timesFastApi?: number;
}

if (values.help) console.log(help());
else if (!Object.keys(models).some(isChosen))
  throw new Error(`No model has "${values.only}" in its name.\n\n${help()}`);
else {
  const rows = await keeping(measureAll);
  if (values.json) console.log(JSON.stringify(rows, undefined, 2));
}

function help(): string {
  return `Usage: MEMAE_PYTHON=python-with-fastapi MEMAE_MLSERVER=path/to/mlserver pnpm bench:server [--only TEXT] [--seconds 1] [--rounds 3] [--threads 1] [--json]

Models, all of them unless --only has a part of a name: ${Object.keys(models).join(', ')}. Without the two variables, the servers in Python are left out.

Examples:
  MEMAE_PYTHON=venv/bin/python pnpm bench:server --only kdd
  pnpm bench:server --rounds 1 --json`;
}

function isChosen(model: string): boolean {
  return model.includes(values.only);
}

async function measureAll(keep: Keep): Promise<readonly Row[]> {
  const scratch = keep(await temporaryFolder()).path;
  const all: Row[] = [];
  print([
    'model',
    'batch',
    'side',
    'connections',
    'requests/s',
    'p50, p99 ms',
    'CPU ms each',
    'of in-process',
    '× FastAPI',
  ]);
  print(['---', '--:', '---', '--:', '--:', '--:', '--:', '--:', '--:']);
  for (const [model, data] of Object.entries(models)) {
    if (!isChosen(model)) continue;
    const folder = join(scratch, model);
    await trainModel(folder, { data });
    await keeping(async (keepHere) => {
      const sides = await startSides({ folder, threads, scratch, keep: keepHere });
      for (const load of loads) {
        const measured = await measure({ ...load, model, folder, sides, scratch, keep: keepHere });
        all.push(...measured);
        measured.forEach(printRow);
      }
    });
  }
  return all;
}

interface MeasureOptions {
  readonly model: string;
  readonly folder: string;
  readonly batch: number;
  readonly connections: readonly number[];
  readonly sides: readonly ServerSide[];
  readonly scratch: string;
  readonly keep: Keep;
}

/** All sides at one size of requests. */
async function measure(options: MeasureOptions): Promise<readonly Row[]> {
  const { model, folder, batch, sides, scratch, keep } = options;
  const inProcess = startInProcess(keep);
  const known = keep(await openModel(folder));
  const samples = known.draw(batch, createRandom(1));
  const scores = await known.score(samples);
  interface Turn {
    readonly side: string;
    readonly encoding?: Encoding;
    readonly connections?: number;
    readonly take: () => Promise<Speed>;
  }
  const turns: Turn[] = (['bare', 'ours'] as const).map((by) => ({
    side: by === 'bare' ? 'in-process, onnxruntime-node' : 'in-process, memae',
    take: () => inProcess({ by, folder, batch, threads, seconds }),
  }));
  for (const { name, url, cpu, encodings } of sides) {
    for (const encoding of encodings) {
      const message = inferRequest(samples, encoding);
      await requireScores(url, { message, scores });
      for (const connections of options.connections) {
        const take = () =>
          loadBy({
            url: `${url}${inferPath}`,
            cpu,
            message,
            connections,
            seconds,
            folder: scratch,
          });
        turns.push({ side: `${name}, ${encoding}`, encoding, connections, take });
      }
    }
  }
  const taken = turns.map((): Speed[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [i, { take, side }] of turns.entries()) {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${model}, ${batch}: ${side}`);
      const speed = await take();
      if (round > 0) taken[i]?.push(speed);
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const speeds = taken.map(medianOf);
  const bare = speeds[0]?.rate ?? NaN;
  return turns.flatMap(({ side, encoding, connections }, i): Row[] => {
    const speed = speeds[i];
    if (speed === undefined) return [];
    const python = turns.findIndex(
      (turn) => turn.side === `FastAPI, ${encoding ?? ''}` && turn.connections === connections,
    );
    const theirs = speeds[python]?.rate;
    return [
      {
        ...{ model, batch, side, ...speed, share: speed.rate / bare },
        ...(connections !== undefined && { connections }),
        ...(theirs !== undefined && { timesFastApi: speed.rate / theirs }),
      },
    ];
  });
}

async function requireScores(
  url: string,
  asked: { readonly message: ReturnType<typeof inferRequest>; readonly scores: Float32Array },
): Promise<void> {
  const client = createClient(url, 1);
  const answer = await client.ask(inferPath, asked.message);
  client[Symbol.dispose]();
  if (answer.status === 200 && agree(scoresOf(answer), asked.scores, 1e-4)) return;
  throw new Error(`${url} answers ${answer.status} with other scores than the model has.`);
}

function medianOf(speeds: readonly Speed[]): Speed {
  const middle = (key: keyof Speed) =>
    quantile(
      speeds.map((speed) => speed[key]),
      0.5,
    );
  return { rate: middle('rate'), p50: middle('p50'), p99: middle('p99'), cpu: middle('cpu') };
}

function printRow({
  model,
  batch,
  side,
  connections,
  rate,
  p50,
  p99,
  cpu,
  share,
  timesFastApi,
}: Row): void {
  const times =
    timesFastApi === undefined || side.startsWith('FastAPI') ? '' : timesFastApi.toFixed(1);
  print([
    ...[model, batch, side, connections ?? '', Number(rate.toPrecision(3))],
    ...[
      `${p50.toFixed(2)}, ${p99.toFixed(2)}`,
      cpu.toFixed(2),
      `${(100 * share).toFixed(0)} %`,
      times,
    ],
  ]);
}

function print(cells: readonly (string | number)[]): void {
  if (!values.json) console.log(`| ${cells.join(' | ')} |`);
}
