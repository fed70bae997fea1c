// What is read from files that others replace while the server runs: tokens, certificates. What cannot be read leaves
// what was there.

import { unwatchFile, watchFile } from 'node:fs';

export interface Fresh<T> {
  /** As last read. */
  readonly current: () => T;
  /** Reads again, now; a failure is told and changes nothing. */
  readonly reload: () => Promise<void>;
  /** Calls with every value that is read from now on. */
  readonly onChange: (listener: (value: T) => void) => void;
  /** Looks no more. */
  readonly close: () => void;
}

export interface FreshOptions<T> {
  readonly paths: readonly string[];
  readonly read: () => Promise<T>;
  /** Told when reading again failed. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between looks at the files; they may be links, on any file system. */
  readonly interval?: number;
}

/** @throws as `read`, the first time */
export async function keepFresh<T>(options: FreshOptions<T>): Promise<Fresh<T>> {
  const { paths, read, onError, interval = 5000 } = options;
  let value = await read();
  const listeners: ((value: T) => void)[] = [];
  const reload = async (): Promise<void> => {
    try {
      value = await read();
      for (const listener of listeners) listener(value);
    } catch (error) {
      onError(error);
    }
  };
  const changed = (): void => void reload();
  for (const path of paths) watchFile(path, { interval, persistent: false }, changed);
  return {
    current: () => value,
    reload,
    onChange: (listener) => listeners.push(listener),
    close: () => {
      for (const path of paths) unwatchFile(path, changed);
    },
  };
}
