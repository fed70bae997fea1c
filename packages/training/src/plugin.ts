// A method as a plug-in: explicit, typed, handed to a registry. Shared code never asks which it holds.

import { MemaeError } from '@memae/graph';
import type { Dataset, Modality } from '@memae/datasets';
import type { Detector } from './detector.ts';
import {
  type OptionTable,
  type OptionsOf,
  type RawOptions,
  type SettledOf,
  resolveOptions,
} from './options.ts';

/** What `auto` looks at: the kind, the shape and the number of the samples to learn from. */
export type DataKind = Pick<Dataset, 'name' | 'modality' | 'sampleShape' | 'length'>;

/** What the command line lists and the experiments run: any method, not knowing which. */
export interface AnyDetectorPlugin {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly modalities: readonly Modality[];
  readonly options: OptionTable;
  /** Named settings to start from in place of the defaults, `paper` for example. */
  readonly presets: Readonly<Record<string, RawOptions>>;
  /**
   * Checks raw options against the table; an option `preset` names settings to start from.
   * The detector it returns refuses data of another modality.
   * @throws `DETECTOR_BAD_OPTION`
   */
  createFrom(raw: RawOptions): Detector;
  /**
   * The options that `createFrom` would use, each with its value; with the data to learn from, each
   * `auto` has become what suits them.
   * @throws `DETECTOR_BAD_OPTION`
   */
  resolve(raw: RawOptions, data?: DataKind): RawOptions;
}

/** A method whose options and modalities the compiler knows. */
export interface DetectorPlugin<
  Id extends string = string,
  M extends Modality = Modality,
  T extends OptionTable = OptionTable,
> extends AnyDetectorPlugin {
  readonly id: Id;
  readonly modalities: readonly M[];
  readonly options: T;
  create(options?: Partial<OptionsOf<T>>): Detector<M>;
}

/** What a method states about itself, and how it is made from checked options. */
export interface PluginDefinition<Id extends string, M extends Modality, T extends OptionTable> {
  readonly id: Id;
  readonly title: string;
  readonly citation: string;
  readonly modalities: readonly M[];
  readonly options: T;
  readonly presets?: Readonly<Record<string, RawOptions>>;
  /** For data, a value for each option that may be `auto`; asked only where one is. */
  settle?(options: OptionsOf<T>, data: DataKind): RawOptions;
  /** Makes the detector once the data are known. */
  create(options: SettledOf<T>): Detector<M>;
}

/** Makes a plug-in of a method's definition. */
export function definePlugin<
  const Id extends string,
  const M extends Modality,
  const T extends OptionTable,
>(definition: PluginDefinition<Id, M, T>): DetectorPlugin<Id, M, T> {
  const { options, presets = {}, id, modalities } = definition;
  const resolve = ({ preset, ...raw }: RawOptions): OptionsOf<T> => {
    if (preset === undefined) return resolveOptions(options, raw);
    const base = Object.hasOwn(presets, String(preset)) ? presets[String(preset)] : undefined;
    if (base === undefined) {
      throw new MemaeError(
        'DETECTOR_BAD_OPTION',
        `${id} has no preset ${preset}. Known: ${Object.keys(presets).join(', ') || 'none'}.`,
      );
    }
    return resolveOptions(options, { ...base, ...raw });
  };
  const settled = (chosen: OptionsOf<T>, data: DataKind): SettledOf<T> => {
    const open = Object.keys(chosen).filter((name) => chosen[name] === 'auto');
    if (open.length === 0) return chosen as SettledOf<T>;
    const found = definition.settle?.(chosen, data) ?? {};
    const suited = Object.fromEntries(open.map((name) => [name, found[name] ?? 'auto']));
    const result = resolveOptions(options, { ...(chosen as RawOptions), ...suited });
    const left = open.find((name) => result[name] === 'auto');
    if (left === undefined) return result as SettledOf<T>;
    throw new MemaeError(
      'DETECTOR_BAD_OPTION',
      `${id} knows no ${left} for ${data.modality} data; say which, in place of auto.`,
    );
  };
  const detector = (chosen: OptionsOf<T>): Detector<M> => ({
    fit: async (dataset, context) => {
      const known = requireModality({ id, modalities, dataset });
      return definition.create(settled(chosen, known)).fit(known, context);
    },
  });
  return {
    ...definition,
    presets,
    resolve: (raw, data) => {
      const chosen = resolve(raw);
      return data === undefined ? chosen : settled(chosen, data);
    },
    create: (some = {}) => detector(resolve(some as RawOptions)),
    createFrom: (raw) => detector(resolve(raw)),
  };
}

function requireModality<M extends Modality>({
  id,
  modalities,
  dataset,
}: {
  readonly id: string;
  readonly modalities: readonly M[];
  readonly dataset: Dataset;
}): Dataset<M> {
  if (!modalities.some((modality) => modality === dataset.modality)) {
    throw new MemaeError(
      'DETECTOR_UNSUPPORTED_MODALITY',
      `${id} takes ${modalities.join(' or ')} data, but ${dataset.name} is ${dataset.modality}.`,
    );
  }
  return dataset as Dataset<M>;
}

/** The methods at hand. */
export interface Registry {
  list(filter?: { readonly modality?: Modality }): readonly AnyDetectorPlugin[];
  /** @throws `DETECTOR_UNKNOWN` naming the ones there are. */
  get(id: string): AnyDetectorPlugin;
}

/** @throws `DETECTOR_DUPLICATE` when two plug-ins share an id. */
export function createRegistry(plugins: readonly AnyDetectorPlugin[]): Registry {
  const byId = new Map<string, AnyDetectorPlugin>();
  for (const plugin of plugins) {
    if (byId.has(plugin.id)) {
      throw new MemaeError(
        'DETECTOR_DUPLICATE',
        `Two methods have the id ${plugin.id}; give each its own.`,
      );
    }
    byId.set(plugin.id, plugin);
  }
  return {
    list: ({ modality } = {}) =>
      plugins.filter((p) => modality === undefined || p.modalities.includes(modality)),
    get: (id) => {
      const plugin = byId.get(id);
      if (plugin !== undefined) return plugin;
      throw new MemaeError(
        'DETECTOR_UNKNOWN',
        `There is no method ${id}. Known: ${[...byId.keys()].join(', ')}.`,
      );
    },
  };
}
