// What the server withstands, trial by trial, each on servers of its own at 127.0.0.1:
//
//   pnpm trials [names…] [--requests 1000] [--model runs/five --other runs/six] [--seed 1] [--json]
//
// Exits with 1 where a promise is broken.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Keep, keeping } from './keeping.ts';
import { openModel, temporaryFolder, trainModel } from './model.ts';
import { type Outcome, type Trial, runTrial } from './trial.ts';
import { trials } from './trials.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: 'string' },
    model: { type: 'string' },
    other: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) console.log(help());
else process.exitCode = await keeping(main);

async function main(keep: Keep): Promise<number> {
  const odd = positionals.find((name) => !Object.hasOwn(trials, name));
  const { requests, model, other } = values;
  if (odd !== undefined) return refuse(`There is no trial "${odd}".`);
  if (requests !== undefined && !/^[1-9]\d{0,6}$/.test(requests))
    return refuse(`--requests: a number from 1 to 9999999 was expected, but "${requests}" came.`);
  if ((model === undefined) !== (other === undefined))
    return refuse('--model and --other go together: two runs of the same shape.');
  const quiet = values.json || !process.stderr.isTTY;
  const tell = (text: string): void => {
    if (!quiet) process.stderr.write(`\r\u001b[K${text}`);
  };
  const scratch = keep(await temporaryFolder());
  const folders = [model, other].map((folder, i) => resolve(folder ?? join(scratch.path, `${i}`)));
  if (model === undefined) {
    tell('two small models are trained');
    for (const [i, folder] of folders.entries())
      await trainModel(folder, { data: 'strokes', seed: i + 1 });
  }
  const [first = '', second = ''] = folders;
  const one = keep(await openModel(first));
  const two = keep(await openModel(second));
  const outcomes: Record<string, Outcome & { readonly promise: string }> = {};
  let last = 0;
  for (const [name, trial] of Object.entries<Trial>(trials)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const outcome = await runTrial(trial, {
      models: [one, two],
      requests: requests === undefined ? trial.requests : Number(requests),
      seed: Number(values.seed),
      onProgress: (text) => {
        if (performance.now() - last < 200) return;
        last = performance.now();
        tell(`${name}: ${text}`);
      },
    });
    tell('');
    outcomes[name] = { promise: trial.promise, ...outcome };
    if (!values.json) print(name, outcomes[name]);
  }
  if (values.json) console.log(JSON.stringify(outcomes, undefined, 2));
  return Object.values(outcomes).some(({ broken }) => broken.length > 0) ? 1 : 0;
}

function print(name: string, { promise, figures, broken }: Outcome & { promise: string }): void {
  console.log(`\n${name}: ${promise}\n\n| what | |\n| --- | --: |`);
  for (const [what, figure] of Object.entries(figures)) console.log(`| ${what} | ${figure} |`);
  console.log(broken.length === 0 ? '\nHolds.' : `\nBROKEN:\n- ${broken.join('\n- ')}`);
}

function refuse(message: string): number {
  console.error(`${message}\n\n${help()}`);
  return 2;
}

function help(): string {
  const lines = Object.entries(trials).map(
    ([name, { promise, requests }]) => `  ${name.padEnd(14)}${promise} (${requests} requests)`,
  );
  return `Usage: pnpm trials [names...] [--requests N] [--model RUN --other RUN] [--seed N] [--json]

Trials, all of them unless some are named:
${lines.join('\n')}

Examples:
  pnpm trials overload
  pnpm trials malformed reload --requests 1000 --json
  pnpm trials --model runs/five --other runs/six    two runs of one shape, instead of small ones trained now`;
}
