// From what is asked to the trials that answer it, everything checked before anything runs.

import type { AnyDetectorPlugin, RawOptions, Registry } from '@memae/training';
import { experimentError } from '../error.ts';
import { knows, optionsOf } from '../trials/run-trial.ts';
import { type Budget, type Reading, type Trial, plainOptions } from '../trials/trial.ts';
import type { BudgetName, Effort, Experiment } from './experiments.ts';

/** What is asked for; the experiment says what is left out. */
export interface Request {
  /** Data sets by name, or paths. */
  readonly data?: readonly string[];
  readonly cases?: readonly string[];
  readonly methods?: readonly string[];
  /** How many, from `firstSeed` on; that is 1, unless said. */
  readonly seeds?: number;
  readonly firstSeed?: number;
  readonly budget?: BudgetName;
  /** Given to each method that has them, over those of the budget. */
  readonly options?: RawOptions;
  readonly reading?: Reading;
  /** Memory sizes to try, where they are what is studied. */
  readonly slots?: readonly number[];
}

/** The methods asked for, known and fit for the experiment's data. */
export function chooseMethods(
  experiment: Experiment,
  { methods, options = {}, slots }: Request,
  registry: Registry,
): AnyDetectorPlugin[] {
  const chosen = [...new Set(methods ?? experiment.methods)].map((id) => registry.get(id));
  for (const { id, modalities } of chosen) {
    if (experiment.modalities.some((modality) => modalities.includes(modality))) continue;
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `${experiment.id} is about ${experiment.modalities.join(' or ')} data, but ${id} takes ` +
        `${modalities.join(' or ')}. Leave it out of --methods.`,
    );
  }
  const without = chosen.find(({ options: has }) => !Object.hasOwn(has, 'memory.slots'));
  if (experiment.studiesSlots && without !== undefined) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `${experiment.id} varies the size of the memory, but ${without.id} has none. Leave it out of --methods.`,
    );
  }
  if (!experiment.studiesSlots && slots !== undefined) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `The memory's size is not what ${experiment.id} studies. Set one for all: --set memory.slots=${slots[0] ?? 100}.`,
    );
  }
  if (experiment.studiesSlots && Object.hasOwn(options, 'memory.slots')) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `${experiment.id} varies memory.slots, so it cannot be ${options['memory.slots']} for all. Name sizes: --slots 100,500.`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    // Of any method: one that runs in another process may be given it, and budgets must be equal.
    const all = registry.list();
    if (all.some((plugin) => knows(plugin, { name, value }))) continue;
    const known = [...new Set(all.flatMap((plugin) => Object.keys(plugin.options)))];
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      name === 'preset'
        ? `No method has a preset ${value}.`
        : `No method has an option ${name}. Known: ${known.join(', ')}.`,
    );
  }
  return chosen;
}

/** What each method gets alike: the budget's settings with those asked for over them. */
export function budgetOf(
  { options, reading }: Effort,
  request: Pick<Request, 'options' | 'reading'>,
): Budget {
  return {
    options: plainOptions({ ...options, ...request.options }),
    reading: { ...reading, ...request.reading },
  };
}

/** What the trials on one data set are made of. */
export interface PlanOptions {
  readonly effort: Effort;
  readonly request: Request;
  readonly methods: readonly AnyDetectorPlugin[];
  /** What the data have. */
  readonly cases: readonly string[];
}

/** The trials on one data set: seed by seed, then case by case, so that a table half done is even. */
export function planTrials(
  data: string,
  { effort, request, methods, cases }: PlanOptions,
): Trial[] {
  const budget = budgetOf(effort, request);
  const { firstSeed = 1, seeds = effort.seeds, slots = effort.slots } = request;
  const chosen = chooseCases(request.cases ?? effort.cases, { data, cases });
  const settings = methods.flatMap((plugin) =>
    ownOptions(plugin, slots).map((options) => {
      // Every option is checked now, not when its trial's turn comes.
      plugin.resolve(optionsOf({ options, budget }, plugin));
      return { method: plugin.id, options };
    }),
  );
  return Array.from({ length: seeds }, (_, i) => firstSeed + i).flatMap((seed) =>
    chosen.flatMap((of) =>
      settings.map((setting) => ({ data, case: of, ...setting, seed, budget })),
    ),
  );
}

function ownOptions(plugin: AnyDetectorPlugin, slots: readonly number[] | undefined): RawOptions[] {
  return slots === undefined || !Object.hasOwn(plugin.options, 'memory.slots')
    ? [{}]
    : slots.map((count) => ({ 'memory.slots': count }));
}

function chooseCases(
  wanted: readonly string[] | number | undefined,
  { data, cases }: { readonly data: string; readonly cases: readonly string[] },
): readonly string[] {
  if (wanted === undefined) return cases;
  if (typeof wanted === 'number') return cases.slice(0, wanted);
  const unknown = wanted.find((name) => !cases.includes(name));
  if (unknown === undefined) return [...new Set(wanted)];
  throw experimentError(
    'EXPERIMENT_BAD_OPTION',
    `${data} has no case ${unknown}. Known: ${cases.join(', ')}.`,
  );
}
