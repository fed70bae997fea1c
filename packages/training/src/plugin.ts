// A method as a plug-in: explicit, typed, handed to a registry. Shared code never asks which it holds.

import { MemaeError } from '@memae/graph';
import type { Dataset, Modality } from '@memae/datasets';
import type { Detector } from './detector.ts';
import { type OptionTable, type OptionsOf, type RawOptions, resolveOptions } from './options.ts';

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
  /** The options that `createFrom` would use, each with its value. */
  resolve(raw: RawOptions): Readonly<Record<string, string | number | boolean>>;
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
  create(options: OptionsOf<T>): Detector<M>;
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
  return {
    ...definition,
    presets,
    resolve,
    create: (some = {}) => definition.create(resolve(some as RawOptions)),
    createFrom: (raw) => {
      const detector = definition.create(resolve(raw));
      return {
        fit: async (dataset, context) =>
          detector.fit(requireModality({ id, modalities, dataset }), context),
      };
    },
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
