// `memae info`: what a run is, on one screen. Reads files alone; no engine is needed.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Artifact,
  type LogEntry,
  type Manifest,
  readArtifact,
  readParameters,
  readTrainingLog,
} from '@memae/onnx';
import { inRule } from '@memae/scoring';
import { fileCheckpoints, readProgress } from '@memae/training';
import { defineCommand } from '../command.ts';
import { readRunConfig } from '../config-files.ts';
import { type CliContext, type Output, programOf } from '../context.ts';
import { figure } from '../progress.ts';
import type { RunConfig } from '../run-config.ts';
import { type RunFolder, isFinished, runFolder } from '../run-folder.ts';
import { readSavedRun } from '../saved-run.ts';

export function infoCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'info',
    {
      summary: 'Tell what a run is: its data, its model, its training and its threshold',
      examples: ['memae info runs/five', 'memae info runs/five --json'],
    },
    context,
  )
    .argument(
      '<run>',
      'the folder that memae train wrote, or one with model.onnx and manifest.json',
    )
    .action(async (run) => {
      const folder = runFolder(resolve(context.cwd, run));
      const finished = isFinished(folder) || !existsSync(folder.checkpoint);
      finish(await (finished ? tellFinished : tellStopped)(run, { folder, context }));
    });
}

interface Asked {
  readonly folder: RunFolder;
  readonly context: CliContext;
}

async function tellFinished(run: string, { folder, context }: Asked): Promise<Output> {
  const artifact = await readArtifact(folder.path);
  const { manifest } = artifact;
  const config = await readRunConfig(folder.config);
  const log = await readTrainingLog(folder.path);
  const stopped = existsSync(folder.checkpoint) ? await stateOf(folder) : undefined;
  const document = {
    run,
    finished: true,
    ...pick(manifest, ['method', 'data', 'seed', 'library', 'createdBy', 'format']),
    options: changed(manifest, { config, context }),
    ...sizesOf(artifact),
    checksum: 'verified',
    ...pick(manifest, ['input', 'preparation', 'outputs', 'threshold', 'modelSha256', 'ancestry']),
    calibration: calibrationOf(manifest),
    inputsKept: manifest.inputs?.columns.length ?? 0,
    epochs: log.length,
    first: log[0] ?? null,
    last: log.at(-1) ?? null,
    ...(stopped && { trainedOver: stopped.epoch }),
  };
  const rows: readonly (readonly [string, string])[] = [
    [
      'data',
      `${manifest.data.name}, ${manifest.data.samples} samples, ${short(manifest.data.fingerprint)}`,
    ],
    ...(manifest.ancestry ?? []).map(
      ({ data, modelSha256 }) =>
        [
          'went on from',
          `${data.name}, ${data.samples} samples, model ${short(modelSha256)}`,
        ] as const,
    ),
    ['options', list(Object.entries(document.options), 'as by default')],
    [
      'model',
      `${document.parameters.toLocaleString('en-US')} parameters, ${(document.bytes / 1e6).toFixed(2)} MB, checksum verified`,
    ],
    ['takes', inputOf(manifest)],
    ['gives', Object.keys(manifest.outputs).join(', ')],
    ['training', trainingOf(log)],
    ['threshold', thresholdOf(manifest)],
    ['keeps', keptBy(manifest)],
    ['written by', `${manifest.createdBy}, format ${manifest.format}, seed ${manifest.seed}`],
    ...(stopped
      ? [
          [
            'under way',
            `trained over, stopped in epoch ${stopped.epoch + 1}: add --resume`,
          ] as const,
        ]
      : []),
  ];
  const program = programOf(context);
  return {
    document,
    text:
      `${run}: ${manifest.method}\n${rows.map(([name, text]) => `  ${name.padEnd(13)}${text}\n`).join('')}` +
      `Next: ${program} evaluate ${run} · ${program} score ${run} FILES · ${program} drift ${run} FILES · ` +
      `${program} train --continue ${run} --data NEW --out OTHER\n`,
  };
}

async function tellStopped(run: string, { folder, context }: Asked): Promise<Output> {
  const { config } = await readSavedRun(folder.checkpoint);
  const { epoch, step, last } = await stateOf(folder);
  const { data, method, seed } = config;
  const all = config.options['training.epochs'];
  return {
    document: {
      run,
      finished: false,
      method,
      data,
      seed,
      epoch,
      step,
      last,
      options: config.options,
    },
    text:
      `${run}: ${method} on ${data}, not finished: the checkpoint holds ${epoch} of ${String(all)} epochs, ${step} steps` +
      `${last === undefined ? '' : `, loss ${figure(last['loss'] ?? NaN)}`}.\n` +
      `Next: ${programOf(context)} train --out ${run} --resume\n`,
  };
}

/** How far a checkpoint has come. */
async function stateOf({ checkpoint }: RunFolder) {
  const loaded = await fileCheckpoints(checkpoint).load();
  const { epoch, step, history } = readProgress(loaded?.progress);
  return { epoch, step, last: history.at(-1)?.values };
}

function sizesOf({ model }: Artifact): { readonly parameters: number; readonly bytes: number } {
  const parameters = [...readParameters(model).values()];
  return {
    parameters: parameters.reduce((sum, { data }) => sum + data.length, 0),
    bytes: model.length,
  };
}

/** Options that are not as the method has them by default; where it is not known what was said, also what became of `auto`. */
function changed(
  { method, options }: Manifest,
  { config, context }: { readonly config: RunConfig | undefined; readonly context: CliContext },
): Readonly<Record<string, unknown>> {
  const known = context.registry.list().find(({ id }) => id === method)?.options ?? {};
  const said: Readonly<Record<string, unknown>> = config?.options ?? options;
  return Object.fromEntries(
    Object.entries(said).filter(([name, value]) => value !== known[name]?.default),
  );
}

function inputOf({ input: { dtype, dims }, preparation }: Manifest): string {
  const shape = `${dtype} [${dims.join(', ')}]`;
  if (preparation === undefined) return shape;
  if (preparation.kind === 'clips') return `${shape}: clips, ${preparation.dilation} frames apart`;
  if (preparation.kind === 'pictures') {
    const { size, fit, tiling } = preparation;
    const sized = size === undefined ? '' : `, brought to ${size.join('×')} (${fit})`;
    return `${shape}: pictures${sized}${tiling === undefined ? '' : `, in tiles, scored by their ${tiling.score}`}`;
  }
  const { columns, kind } = preparation;
  const some = columns.slice(0, 12).map(({ name }) => name);
  const rest = columns.length > some.length ? ` and ${columns.length - some.length} more` : '';
  const windows = kind === 'series' ? `windows of ${preparation.window} of ` : '';
  return `${windows}${columns.length} columns: ${some.join(', ')}${rest}`;
}

function trainingOf(log: readonly LogEntry[]): string {
  const last = log.at(-1);
  if (last === undefined) return 'no log';
  const shown = new Set([0, Math.floor(log.length / 2), log.length - 1]);
  const curve = [...shown].map((i) => figure(Number(log[i]?.['loss'])));
  const told = new Set(['epoch', 'seconds', 'loss']);
  const measures = Object.entries(last).flatMap(([name, value]) =>
    typeof value === 'number' && !told.has(name) ? [[name, figure(value)] as const] : [],
  );
  return `${log.length} epoch${log.length === 1 ? '' : 's'}, loss ${curve.join(' → ')}; ${list(measures, 'nothing else measured')}`;
}

function thresholdOf({ threshold }: Manifest): string {
  if (threshold === null) return 'none';
  const samples = 'samples' in threshold ? `, by ${threshold.samples} held-out samples` : '';
  const rule = threshold.rule === 'fraction' ? 'fraction' : inRule(threshold);
  return `${figure(threshold.value)}: ${rule}${samples}`;
}

function calibrationOf({ calibration }: Manifest) {
  if (calibration === undefined) return null;
  const { samples, labelled } = calibration;
  return { samples, labelled: labelled?.samples ?? 0 };
}

function keptBy(manifest: Manifest): string {
  const calibration = calibrationOf(manifest);
  const scores =
    calibration === null
      ? 'no scores to move the threshold by'
      : `${calibration.samples} scores to move the threshold by, ${calibration.labelled} labelled`;
  const columns = manifest.inputs?.columns.length;
  return `${scores}; ${columns === undefined ? 'no summary of the inputs' : `a summary of ${columns} inputs`}`;
}

function list(entries: readonly (readonly [string, unknown])[], none: string): string {
  return entries.map(([name, value]) => `${name} ${String(value)}`).join(', ') || none;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

function pick<Key extends keyof Manifest>(
  manifest: Manifest,
  keys: readonly Key[],
): Pick<Manifest, Key> {
  return Object.fromEntries(keys.map((key) => [key, manifest[key]])) as Pick<Manifest, Key>;
}
