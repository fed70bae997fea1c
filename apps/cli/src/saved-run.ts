// A checkpoint that knows which run it belongs to: the configuration and the data's fingerprint travel
// inside, so that `--resume` needs no other flag, and an earlier run's files are left alone until the end.

import { MemaeError } from '@memae/graph';
import { type CheckpointStore, type Registry, fileCheckpoints } from '@memae/training';
import { cliError } from './error.ts';
import {
  type GivenConfig,
  type RunConfig,
  mergeConfigs,
  parseRunConfig,
  resolveConfig,
} from './run-config.ts';

export interface SavedRun {
  readonly config: RunConfig;
  /** Of the training samples. */
  readonly fingerprint: string;
}

/** Checkpoints in a file, each with the run it belongs to. */
export function runCheckpoints(path: string, run: SavedRun): CheckpointStore {
  const file = fileCheckpoints(path);
  return {
    load: () => file.load(),
    save: ({ parameters, progress }) =>
      file.save({ parameters, progress: { ...(progress as object), run } }),
  };
}

/**
 * The run that a checkpoint belongs to.
 * @throws `TRAIN_CHECKPOINT_CORRUPT` naming the file.
 */
export async function readSavedRun(path: string): Promise<SavedRun> {
  const { run } = ((await fileCheckpoints(path).load())?.progress ?? {}) as {
    readonly run?: { readonly config?: unknown; readonly fingerprint?: unknown };
  };
  const config = parseRunConfig(run?.config);
  if (config !== undefined && typeof run?.fingerprint === 'string') {
    return { config, fingerprint: run.fingerprint };
  }
  throw new MemaeError(
    'TRAIN_CHECKPOINT_CORRUPT',
    `${path} does not say which run it belongs to. Remove it, or add --force, to train from the start.`,
  );
}

/**
 * The run to go on with. What is asked for beside `--resume` must agree with it.
 * @throws `CLI_CHECKPOINT_DIFFERS` naming what does not.
 */
export function requireSameRun(
  config: RunConfig,
  given: GivenConfig,
  context: { readonly registry: Registry; readonly cwd: string },
): RunConfig {
  const there = flat(config);
  const same = { ...config, preset: null };
  const other = given.method !== undefined && given.method !== config.method;
  // Options of another method would be refused before it could be told what is wrong.
  const asked: Readonly<Record<string, unknown>> = other
    ? { ...there, method: given.method }
    : flat({
        ...resolveConfig(mergeConfigs(same, { ...given, preset: undefined }), context),
        preset: given.preset ?? config.preset,
      });
  const differing = [...new Set([...Object.keys(there), ...Object.keys(asked)])].filter(
    (key) => text(asked[key]) !== text(there[key]),
  );
  if (differing.length === 0) return config;
  const list = differing.map(
    (key) => `${key} (there ${text(there[key])}, here ${text(asked[key])})`,
  );
  throw cliError(
    'CLI_CHECKPOINT_DIFFERS',
    `The run to go on with is another, which differs in ${list.join(', ')}. Leave that out to go on ` +
      'with the run as it was, or train from the start with --force.',
  );
}

/** Options beside the rest. */
function flat({ options, dataOptions, ...rest }: RunConfig): Readonly<Record<string, unknown>> {
  return { ...rest, ...dataOptions, ...options };
}

function text(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}
