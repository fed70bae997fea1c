// The models that the server has: by name, versions side by side, loaded and unloaded while others are asked. A model that
// is loaded again is ready before it takes the place of the old one, which goes when its last request is answered.

import { serial } from '@memae/backend';
import { hasCode } from '@memae/graph';
import { serverError } from './error.ts';
import { type Leased, lease } from './lease.ts';
import { type Model, type ModelOptions, openModel } from './model.ts';
import type { ModelId } from './observer.ts';
import { type ModelSource, findVersions } from './source.ts';
import { type ModelStatistics, createStatistics } from './statistics.ts';

/** As the model repository extension names it. */
export interface IndexEntry extends ModelId {
  readonly state: 'READY' | 'UNAVAILABLE';
  /** Why it is not ready; empty where it is. */
  readonly reason: string;
}

export interface RepositoryOptions extends ModelOptions {
  readonly sources: readonly ModelSource[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface ModelRepository extends AsyncDisposable {
  /** Names of all models, loaded or not. */
  readonly names: readonly string[];
  /** Whether it takes requests: from the start until `stop`. */
  readonly ready: () => boolean;
  readonly index: () => readonly IndexEntry[];
  /** The versions that are loaded, in ascending order; the last is the one that is asked unless another is named. */
  readonly versions: (name: string) => readonly string[];
  /**
   * Works with a version of a model, by default its newest; the model stays until the work is done.
   * @throws `SERVER_UNKNOWN_MODEL`, `SERVER_CLOSING`
   */
  readonly use: <T>(
    model: { readonly name: string; readonly version?: string | undefined },
    work: (model: Model) => Promise<T>,
  ) => Promise<T>;
  /**
   * Reads all versions of a model anew; when that fails, those that were loaded stay.
   * @throws `SERVER_UNKNOWN_MODEL`, `SERVER_CLOSING`, `SERVER_BAD_OPTION`; as `openModel`
   */
  readonly load: (name: string) => Promise<void>;
  /**
   * Takes all versions away; settles when their last requests are answered.
   * @throws `SERVER_UNKNOWN_MODEL`
   */
  readonly unload: (name: string) => Promise<void>;
  /**
   * Of the loaded versions that the name and version leave.
   * @throws `SERVER_UNKNOWN_MODEL`
   */
  readonly statistics: (name?: string, version?: string) => readonly ModelStatistics[];
  /** Is not ready any more, so that nobody sends what is new; what comes all the same is answered. */
  readonly stop: () => void;
  /**
   * Closes models that were taken away and wait for their last requests, which fail where they still need them.
   * @returns these models
   */
  readonly cut: () => readonly ModelId[];
}

type Versions = ReadonlyMap<string, Leased<Model>>;

interface Entry {
  versions: Versions;
  /** Why nothing is loaded. */
  reason: string;
  readonly inTurn: ReturnType<typeof serial>;
}

/**
 * Loads all models.
 * @throws as `load`, for the first that fails
 */
export async function openRepository(options: RepositoryOptions): Promise<ModelRepository> {
  const { sources, now, ...others } = options;
  const statistics = createStatistics({ now });
  const modelOptions = { ...others, observers: [statistics, ...others.observers] };
  const names = [...new Set(sources.map(({ name }) => name))];
  const entries = new Map<string, Entry>(
    names.map((name) => [
      name,
      { versions: new Map(), reason: 'not loaded yet', inTurn: serial() },
    ]),
  );
  const retiring = new Set<Promise<unknown>>();
  /** Taken away, and not closed yet. */
  const leaving = new Set<Leased<Model>>();
  let ready = true;
  let closed = false;

  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry !== undefined) return entry;
    throw unknown(`There is no model "${name}". Known: ${names.join(', ')}.`);
  };

  const requireOpen = (): void => {
    if (closed) throw serverError('SERVER_CLOSING', 'The server is shutting down.');
  };

  /** The version named, or the newest. */
  const find = (name: string, version?: string): Leased<Model> => {
    const { versions, reason } = entryOf(name);
    const model = version === undefined ? [...versions.values()].at(-1) : versions.get(version);
    if (model !== undefined) return model;
    throw unknown(
      versions.size === 0
        ? `The model "${name}" is not loaded: ${reason}.`
        : `The model "${name}" has no version ${version ?? ''}. It has ${[...versions.keys()].join(', ')}.`,
    );
  };

  const replace = async (entry: Entry, versions: Versions, reason: string): Promise<void> => {
    const before = [...entry.versions.values()];
    entry.versions = versions;
    entry.reason = reason;
    await Promise.all(
      before.map(async (model) => {
        leaving.add(model);
        await model.retire().finally(() => leaving.delete(model));
      }),
    );
  };

  const open = async (name: string): Promise<Versions> => {
    const opened = new Map<string, Leased<Model>>();
    try {
      for (const place of await findVersions(sources.filter((source) => source.name === name))) {
        opened.set(place.version, lease(await openModel({ name, ...place }, modelOptions)));
      }
      requireOpen();
    } catch (error) {
      await Promise.all([...opened.values()].map((model) => model.retire()));
      throw error;
    }
    return opened;
  };

  const load = async (name: string): Promise<void> => {
    requireOpen();
    const entry = entryOf(name);
    await entry.inTurn(async () => {
      try {
        const versions = await open(name);
        // Who waits for the new model does not wait for the old one's last request.
        const gone = replace(entry, versions, '').finally(() => retiring.delete(gone));
        retiring.add(gone);
      } catch (error) {
        if (entry.versions.size === 0 && !hasCode(error, 'SERVER_CLOSING')) {
          entry.reason = error instanceof Error ? error.message : String(error);
        }
        throw error;
      }
    });
  };

  const unload = (name: string): Promise<void> => {
    const entry = entryOf(name);
    return entry.inTurn(() => replace(entry, new Map(), 'unloaded'));
  };

  const close = async (): Promise<void> => {
    ready = false;
    closed = true;
    await Promise.all([...names.map(unload), ...retiring]);
  };

  const repository: ModelRepository = {
    names,
    ready: () => ready,
    index: () =>
      [...entries].flatMap(([name, { versions, reason }]): IndexEntry[] =>
        versions.size === 0
          ? [{ name, version: '', state: 'UNAVAILABLE', reason }]
          : [...versions.keys()].map((version) => ({ name, version, state: 'READY', reason: '' })),
      ),
    versions: (name) => [...entryOf(name).versions.keys()],
    use: async ({ name, version }, work) => {
      requireOpen();
      return find(name, version).use(work);
    },
    load,
    unload,
    statistics: (name, version) => {
      const chosen = name === undefined ? names : [name];
      return chosen.flatMap((each) => {
        if (version !== undefined) find(each, version);
        const loaded = [...entryOf(each).versions.keys()];
        return loaded
          .filter((one) => version === undefined || one === version)
          .map((one) => statistics.of({ name: each, version: one }));
      });
    },
    stop: () => {
      ready = false;
    },
    cut: () =>
      [...leaving]
        .filter((model) => model.cut())
        .map(({ resource: { name, version } }) => ({ name, version })),
    [Symbol.asyncDispose]: close,
  };
  try {
    for (const name of names) await load(name);
  } catch (error) {
    await close();
    throw error;
  }
  return repository;
}

function unknown(message: string): Error {
  return serverError('SERVER_UNKNOWN_MODEL', message);
}
