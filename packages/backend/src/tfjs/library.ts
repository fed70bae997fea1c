// The packages of TensorFlow.js, loaded only when asked for: none of them need be installed.

import util from 'node:util';
import type { Library } from './device.ts';

/** Packages that compute. */
export type PackageName = keyof typeof imports;

/** Why a package cannot be used, and what to do; `absent` tells one that is not there from a broken one. */
export interface Refusal {
  readonly absent: boolean;
  readonly reason: string;
}

export interface Loaded {
  readonly library: Library;
  readonly version: string;
}

// A name that is no literal: those who have no GPU need not have the package.
const gpuPackage: string = '@tensorflow/tfjs-node-gpu';
const imports = {
  '@tensorflow/tfjs-node-gpu': () => import(gpuPackage) as Promise<unknown>,
  '@tensorflow/tfjs-node': () => import('@tensorflow/tfjs-node') as Promise<unknown>,
  '@tensorflow/tfjs-backend-wasm': () => import('@tensorflow/tfjs-backend-wasm'),
  '@tensorflow/tfjs-backend-cpu': () => import('@tensorflow/tfjs-backend-cpu'),
} as const;

/** Imports a package. What native TensorFlow is told of threads holds for the process: the first import tells it. */
export async function load(
  name: PackageName,
  { threads }: { readonly threads?: number | undefined } = {},
): Promise<Loaded | Refusal> {
  try {
    const loaded = isNative(name) ? await loadNative(name, threads) : await loadPlain(name);
    // Else it recommends tfjs-node to who has chosen against it.
    loaded.library.env().set('PROD', true);
    return loaded;
  } catch (error) {
    return { absent: isAbsent(error, name), reason: explain(error, name) };
  }
}

function isNative(name: PackageName): boolean {
  return name.startsWith('@tensorflow/tfjs-node');
}

async function loadNative(name: PackageName, threads: number | undefined): Promise<Loaded> {
  // Node.js 23 has done away with two functions that tfjs-node calls, and Node.js 22 warns of them.
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Else a GPU rounds what it multiplies to ten bits (TensorFloat-32), and its scores are no other engine's.
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  // Else TensorFlow takes all of a GPU's memory, whatever it needs.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  const before = process.noDeprecation ?? false;
  process.noDeprecation = true;
  try {
    const library = unwrapped(await imports[name]()) as Library & {
      readonly version: Readonly<Record<string, string>>;
    };
    return { library, version: library.version['tfjs-node'] ?? '' };
  } finally {
    process.noDeprecation = before;
  }
}

/** A backend registers itself in the core, which is the library. */
async function loadPlain(name: PackageName): Promise<Loaded> {
  const backend = unwrapped(await imports[name]()) as {
    readonly version_wasm?: string;
    readonly version_cpu?: string;
  };
  return {
    library: unwrapped(await import('@tensorflow/tfjs-core')) as Library,
    version: backend.version_wasm ?? backend.version_cpu ?? '',
  };
}

/** A CommonJS module as Node.js imports it: its exports are the default one. */
function unwrapped(module: unknown): unknown {
  return (module as { readonly default?: unknown }).default ?? module;
}

/** Node.js and bundlers say it each in their own words; what they name is the package, not a part of it. */
function isAbsent(error: unknown, name: PackageName): boolean {
  const [first = ''] = (error instanceof Error ? error.message : '').split('\n');
  return /cannot find|could not resolve/i.test(first) && /['"](.*?)['"]/.exec(first)?.[1] === name;
}

function explain(error: unknown, name: PackageName): string {
  const core = isNative(name) ? '' : ' @tensorflow/tfjs-core';
  if (isAbsent(error, name)) return `${name} is not installed: npm install ${name}${core}`;
  const message = error instanceof Error ? error.message : String(error);
  const [first = ''] = message.split('\n');
  if (!isNative(name)) return `${name} is installed, but cannot be loaded: ${first}`;
  const remedy =
    `"npm rebuild ${name}" downloads it; "pnpm native-tensorflow" in a checkout of memae ` +
    'makes it of a current TensorFlow';
  return message.includes('can not be found at path')
    ? `${name} is installed, but its native part is missing: ${remedy}`
    : `${name} is installed, but its native part does not load (${first}): ${remedy}`;
}
