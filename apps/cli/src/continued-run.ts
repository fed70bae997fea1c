// A finished run that training goes on from: its parameters, read from its model, on other data. All that decides what the
// model takes and what it is made of stays as the run has it; the optimiser and the threshold begin anew.

import { resolve } from 'node:path';
import { type Dataset, knownData, modalityOf, openTableFile } from '@memae/datasets';
import { formatShape } from '@memae/graph';
import { type Ancestor, type Artifact, type Manifest, readArtifact } from '@memae/onnx';
import type { RawOptions } from '@memae/training';
import { readRunConfig } from './config-files.ts';
import type { CliContext } from './context.ts';
import { type DataOptions, parseDataOptions } from './data-options.ts';
import { cliError } from './error.ts';
import { type Progress, createProgress } from './progress.ts';
import {
  type ContinuedRun,
  type GivenConfig,
  type RunConfig,
  locateData,
  mergeConfigs,
} from './run-config.ts';
import { runFolder } from './run-folder.ts';
import { type Kind, unsettling } from './settled-options.ts';

/**
 * The configuration of a run that goes on from a finished one: what was given over what that run had.
 * @throws `CLI_USAGE` for a run without `run.json`, or something given that the run has settled; else as `readArtifact`
 */
export async function continuedConfig(
  run: string,
  given: GivenConfig,
  context: CliContext,
): Promise<GivenConfig> {
  const { cwd } = context;
  const folder = runFolder(resolve(cwd, run));
  const { manifest } = await readArtifact(folder.path);
  const config = await readRunConfig(folder.config);
  if (config === undefined) {
    throw cliError(
      'CLI_USAGE',
      `${run} has no run.json, which says how its data were read, so training cannot go on from it. Name the folder that ` +
        'memae train wrote.',
    );
  }
  refuseSettled(given, { run, config, kind: manifest.preparation?.kind });
  const data = given.data === undefined ? config.data : locateData(given.data, cwd);
  if (data === config.data && (given.seed ?? config.seed) !== config.seed) {
    throw cliError(
      'CLI_USAGE',
      `--seed cannot be ${given.seed} with --continue on the same data, which ${run} has split by ${config.seed}: samples that it ` +
        'learned from would be tested on. Leave it out, or name other data by --data.',
    );
  }
  const labelled = parseDataOptions(given.dataOptions ?? {}).label !== undefined;
  // Warnings alone, whatever else is told.
  const { onWarning } = createProgress(context, { json: true });
  const before =
    data === config.data
      ? config
      : await withOtherData(config, data, { onWarning: labelled ? () => undefined : onWarning });
  const { modelSha256 } = manifest;
  return mergeConfigs(
    {
      ...before,
      preset: undefined,
      options: { ...config.options, ...(manifest.options as RawOptions) },
      continues: { run: folder.path, modelSha256 },
    },
    given,
  );
}

/** What of a run's configuration holds for other data as well. */
async function withOtherData(
  config: RunConfig,
  data: string,
  { onWarning }: Pick<Progress, 'onWarning'>,
): Promise<RunConfig> {
  const { label } = config.dataOptions;
  // Which columns and which rows, and how the file is written, was said of the old one.
  const dataOptions = Object.fromEntries(
    Object.entries(config.dataOptions).filter(([name]) => !ofOneFile.has(name)),
  ) as DataOptions;
  const own = !knownData.some(({ name }) => name === data);
  const tabular = (await modalityOf(data, {})) === 'tabular';
  if (!tabular || !own || label === undefined) {
    return { ...config, limit: null, dataOptions, normal: tabular ? null : config.normal };
  }
  // The label must not be forgotten: rows that it calls anomalous would be learned.
  const table = await openTableFile(data);
  const labelled = table.columns.some(({ name }) => name === label);
  if (!labelled) {
    onWarning(
      `${data} has no column "${label}", by which the run tells normal rows: all of its rows count as normal, and are learned ` +
        'from. If another column says which are, name it by --label.',
    );
  }
  return {
    ...config,
    limit: null,
    dataOptions: { ...dataOptions, ...(labelled && { label }) },
    normal: labelled ? config.normal : null,
  };
}

const ofOneFile = new Set(
  'label columns drop categories where format labels kind layout edition'.split(' '),
);

function refuseSettled(
  { method, preset, size, options = {}, dataOptions = {} }: GivenConfig,
  {
    run,
    config,
    kind,
  }: { readonly run: string; readonly config: RunConfig; readonly kind: Kind | undefined },
): void {
  const asked = parseDataOptions(dataOptions);
  const settled = [
    ...(method !== undefined && method !== config.method ? ['--method'] : []),
    ...(preset === undefined ? [] : ['--preset']),
    ...(size !== undefined && String(size) !== String(config.size) ? ['--size'] : []),
    ...Object.keys(options).filter((name) => !name.startsWith('training.')),
    ...unsettling(asked, { settled: config.dataOptions, kind }),
  ];
  if (settled.length === 0) return;
  throw cliError(
    'CLI_USAGE',
    `${settled.join(', ')} cannot be chosen with --continue: what the model takes and is made of is as ${run} has it. ` +
      'Of the options, those that begin with training. may differ.',
  );
}

/**
 * The run's artifact, which must be what it was.
 * @throws `CLI_RUN_CHANGED` where it was trained anew; else as `readArtifact`
 */
export async function openParent({ run, modelSha256 }: ContinuedRun): Promise<Artifact> {
  const artifact = await readArtifact(run);
  if (artifact.manifest.modelSha256 === modelSha256) return artifact;
  throw cliError(
    'CLI_RUN_CHANGED',
    `The run in ${run} is no longer the one that training went on from: its model is another. Bring it back, or start ` +
      'again with --continue and --force.',
  );
}

/** @throws `CLI_DATA_DIFFERS` for samples that the model does not take. */
export function requireSameSamples(
  { name, dtype, sampleShape }: Dataset,
  { input }: Pick<Manifest, 'input'>,
): void {
  const wanted = input.dims.slice(1);
  if (dtype === input.dtype && formatShape(sampleShape) === formatShape(wanted)) return;
  throw cliError(
    'CLI_DATA_DIFFERS',
    `The model to go on from takes ${input.dtype} samples of ${formatShape(wanted)}, but those of ${name} are ${dtype} ` +
      `${formatShape(sampleShape)}. Name data of the kind that it was trained on.`,
  );
}

/** The models that one which goes on from this has come from. */
export function ancestryOf({ ancestry = [], modelSha256, data }: Manifest): readonly Ancestor[] {
  return [...ancestry, { modelSha256, data }];
}
