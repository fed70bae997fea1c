// What must be there before anything is downloaded; what is missing is refused by its name.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { firstThatRuns } from './run.ts';

export interface Target {
  /** Where tfjs-node lies, without links. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** The tfjs-node in `folder`, or else the one that packages/backend resolves. */
export function findTarget(folder: string | undefined): Target {
  const place = folder === undefined ? workspaceTarget() : resolve(folder);
  const file = join(place, 'package.json');
  if (!existsSync(file)) {
    throw new Error(
      `${place} holds no package. Install @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu (npm install --ignore-scripts), and name its folder: --target node_modules/@tensorflow/tfjs-node`,
    );
  }
  const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Target;
  if (!/^@tensorflow\/tfjs-node(-gpu)?$/.test(name) || !existsSync(join(place, 'binding'))) {
    throw new Error(
      `${place} holds ${name} ${version}; expected @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu with the sources of its binding.`,
    );
  }
  return { folder: realpathSync(place), name, version };
}

function workspaceTarget(): string {
  const backend = join(import.meta.dirname, '../../../packages/backend/package.json');
  try {
    return join(createRequire(backend).resolve('@tensorflow/tfjs-node/package.json'), '..');
  } catch {
    throw new Error(
      'tfjs-node is not installed here. Run pnpm install, or name an installed one by --target.',
    );
  }
}

/** A Python with pip: `MEMAE_PYTHON`, or python3 on the path. */
export function findPython(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['MEMAE_PYTHON'];
  const candidates = chosen ? [chosen] : ['python3', 'python'];
  const python = firstThatRuns(candidates, ['-c', 'import sys; assert sys.version_info >= (3, 8)']);
  if (python === undefined) {
    throw new Error(
      `No Python 3.8 or later: tried ${candidates.join(', ')}. Install it (Debian: apt install python3 python3-pip), or name one in MEMAE_PYTHON.`,
    );
  }
  if (firstThatRuns([python], ['-m', 'pip', '--version']) === undefined) {
    throw new Error(
      `${python} has no pip, which downloads TensorFlow. Install it (Debian: apt install python3-pip), or name a Python that has it in MEMAE_PYTHON.`,
    );
  }
  return python;
}

/** A C++ compiler: `CXX`, or one of the usual names on the path. */
export function findCompiler(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['CXX'];
  const candidates = chosen ? [chosen] : ['c++', 'g++', 'clang++'];
  const compiler = firstThatRuns(candidates, ['--version']);
  if (compiler === undefined) {
    throw new Error(
      `No C++ compiler: tried ${candidates.join(', ')}. Install one (Debian: apt install g++), or name it in CXX.`,
    );
  }
  return compiler;
}

/** The wheels are for glibc 2.27 and later. */
export function checkLibrary(): void {
  const { header } = process.report.getReport() as {
    header: { glibcVersionRuntime?: string };
  };
  const [major = 0, minor = 0] = (header.glibcVersionRuntime ?? '0').split('.').map(Number);
  if (major * 1000 + minor < 2027) {
    throw new Error(
      `TensorFlow's wheels need glibc 2.27 or later; this machine has ${header.glibcVersionRuntime ?? 'another C library'}.`,
    );
  }
}
