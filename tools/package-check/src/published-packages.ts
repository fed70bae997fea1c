// The packages of the workspace that go to npm, and which of them each one brings along.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  /** Packages of this workspace that it depends on, directly or not. */
  readonly needs: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export const workspaceRoot = join(import.meta.dirname, '../../..');

export function publishedPackages(): PublishedPackage[] {
  const found = ['packages', 'apps']
    .flatMap((group) => readdirSync(join(workspaceRoot, group)).map((name) => join(group, name)))
    .map((folder) => join(workspaceRoot, folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true);
  const manifests = new Map(found.map(({ manifest }) => [manifest.name, manifest]));
  return found.map(({ folder, manifest }) => {
    const { name } = manifest;
    return { name, folder, needs: [...reachable(name, manifests)].filter((need) => need !== name) };
  });
}

function reachable(name: string, manifests: ReadonlyMap<string, Manifest>): Set<string> {
  const seen = new Set([name]);
  for (const current of seen) {
    for (const need of Object.keys(manifests.get(current)?.dependencies ?? {})) {
      if (manifests.has(need)) seen.add(need);
    }
  }
  return seen;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
