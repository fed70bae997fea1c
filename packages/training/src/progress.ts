// How far a run has come, and how a checkpoint holds it.

import { MemaeError, type ParameterValues, type Program, formatShape } from '@memae/graph';
import type { Checkpoint } from './checkpoint.ts';
import { type EpochReport, type EpochSums, startEpoch } from './epoch-meter.ts';
import { readProgress, requireReached } from './read-progress.ts';

/** What tells one run from another. */
export type Fingerprint = Readonly<Record<string, string | number | boolean>>;

/** What a checkpoint says of how far training has come; plain JSON. */
export interface Progress {
  readonly fingerprint: Fingerprint;
  /** Epochs finished, and steps taken in the one after them. */
  epoch: number;
  stepInEpoch: number;
  step: number;
  sums: EpochSums;
  history: EpochReport[];
  best: { epoch: number; loss: number } | null;
}

/** Before the first step. */
export function startProgress(fingerprint: Fingerprint): Progress {
  return {
    fingerprint,
    epoch: 0,
    stepInEpoch: 0,
    step: 0,
    sums: startEpoch(),
    history: [],
    best: null,
  };
}

/**
 * Where to go on, from a checkpoint that belongs to this run.
 * @throws `TRAIN_CHECKPOINT_MISMATCH` naming what differs, `TRAIN_CHECKPOINT_CORRUPT` for progress that no run makes.
 */
export function resumeProgress(
  { parameters, progress }: Checkpoint,
  {
    program,
    fingerprint,
    epochSteps,
  }: {
    readonly program: Program;
    readonly fingerprint: Fingerprint;
    /** How many steps an epoch has at most. */
    readonly epochSteps: number;
  },
): Progress {
  const saved = structuredClone(readProgress(progress));
  const names = new Set([...Object.keys(saved.fingerprint), ...Object.keys(fingerprint)]);
  const word = (of: Fingerprint, name: string): string => String(of[name] ?? 'not set');
  const differing = [...names]
    .filter((name) => saved.fingerprint[name] !== fingerprint[name])
    .map((name) => `${name} was ${word(saved.fingerprint, name)}, is ${word(fingerprint, name)}`);
  const missing = program.parameters
    .filter(({ op, dims }) => {
      const value = parameters.get(op.name);
      return value === undefined || formatShape(value.shape) !== formatShape(dims);
    })
    .map(({ op, dims }) => `it holds no ${op.name} of shape ${formatShape(dims)}`);
  const why = differing.length > 0 ? differing : missing;
  if (why.length === 0) {
    requireReached(saved, epochSteps);
    return saved;
  }
  throw new MemaeError(
    'TRAIN_CHECKPOINT_MISMATCH',
    `The checkpoint belongs to another run: ${why.join('; ')}. ` +
      'Resume with the same options, data and seed, or start anew.',
  );
}

/** In a checkpoint, the best parameters so far stand beside the present ones under this prefix. */
const bestPrefix = 'best/';

/** Parameters now, the best ones if any were kept, and a copy of the progress, which goes on. */
export function toCheckpoint(
  progress: Progress,
  { now, best }: { readonly now: ParameterValues; readonly best: ParameterValues | null },
): Checkpoint {
  const kept = [...(best ?? [])].map(([name, value]) => [bestPrefix + name, value] as const);
  return { parameters: new Map([...now, ...kept]), progress: structuredClone(progress) };
}

/** The best parameters that a checkpoint kept. */
export function bestOf(checkpoint: Checkpoint | null): ParameterValues | null {
  const found = [...(checkpoint?.parameters ?? [])].flatMap(([name, value]) =>
    name.startsWith(bestPrefix) ? [[name.slice(bestPrefix.length), value] as const] : [],
  );
  return found.length === 0 ? null : new Map(found);
}
