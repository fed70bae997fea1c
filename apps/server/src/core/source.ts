// Where models lie, as the user names them; no request ever names a folder.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { serverError } from './error.ts';

export interface ModelSource {
  readonly name: string;
  /** Left out, the folder is version 1, or holds versions in folders `1`, `2`, … */
  readonly version?: string;
  readonly folder: string;
}

const pattern = /^(?:(?<name>[\w.-]+)(?:@(?<version>[^=]*))?=)?(?<folder>.+)$/s;

/**
 * Reads `runs/five`, `digits=runs/five` or `digits@2=runs/five-again`.
 * @throws `SERVER_BAD_OPTION`
 */
export function parseSource(text: string, cwd: string): ModelSource {
  const { name, version, folder = '' } = pattern.exec(text)?.groups ?? {};
  const path = resolve(cwd, folder);
  const source = {
    name: name ?? basename(path),
    ...(version !== undefined && { version }),
    folder: path,
  };
  const refuse = (what: string): Error => serverError('SERVER_BAD_OPTION', `"${text}": ${what}`);
  if (folder === '') throw refuse('name the folder that memae train wrote, as digits=runs/five.');
  if (!/^[\w.-]{1,100}$/.test(source.name) || /^\.*$|^stats$/.test(source.name)) {
    throw refuse(
      `a model cannot be called "${source.name}": letters, digits, ".", "-" and "_" were expected, and not "stats". ` +
        'Give it another name, as digits=runs/five.',
    );
  }
  if (version !== undefined && !isVersion(version)) {
    throw refuse(
      `a version is a whole number from 1 on, as in digits@2=runs/five, but "${version}" came.`,
    );
  }
  return source;
}

/**
 * The folder of each version that there is now, in ascending order.
 * @throws `SERVER_BAD_OPTION` where there is none, or a version is there twice
 */
export async function findVersions(
  sources: readonly ModelSource[],
): Promise<readonly { readonly version: string; readonly folder: string }[]> {
  const found = (await Promise.all(sources.map(versionsIn))).flat();
  found.sort((a, b) => Number(a.version) - Number(b.version));
  const twice = found.find(({ version }, i) => version === found[i - 1]?.version);
  const refuse = (what: string): Error => serverError('SERVER_BAD_OPTION', what);
  const folders = sources.map(({ folder }) => folder).join(', ');
  if (found.length === 0)
    throw refuse(`${folders} holds no artifact and no versions 1, 2, … of one.`);
  if (twice !== undefined) {
    throw refuse(
      `There are two versions ${twice.version} of one model: ${folders}. Number them, as name@2=folder.`,
    );
  }
  return found;
}

async function versionsIn({ version, folder }: ModelSource) {
  if (version !== undefined) return [{ version, folder }];
  if (await isThere(join(folder, 'manifest.json'))) return [{ version: '1', folder }];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isVersion(entry.name))
    .map(({ name }) => ({ version: name, folder: join(folder, name) }));
}

function isVersion(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
