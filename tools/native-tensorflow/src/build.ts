// From wheels to `deps/lib` and `lib/napi-v8`, in a folder beside where they are to be.
//
// TensorFlow's libraries look for NVIDIA's in `../nvidia/<part>/lib` from where they lie, as in site-packages.
// `deps/lib` and `deps/nvidia` keep that, and the binding finds TensorFlow's by its own `../../deps/lib`.

import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** The headers of the C interface and what they include: 13 of 13,000. */
const headers = ['tensorflow/c', 'tensorflow/core/platform', 'tsl/platform', 'xla/tsl/c'];
/** What is unpacked: all that running needs, and the headers. */
const members = [
  ...libraries.map((library) => `tensorflow/${library}`),
  ...headers.map((folder) => `tensorflow/include/${folder}/.*\\.h`),
  'nvidia/[^/]+/(lib/.*\\.so.*|bin/.*|nvvm/.*)',
].join('|');

export const compilerFlags = [
  ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
];

/** Where the binding lies in a tfjs-node. */
export const bindingPath = 'lib/napi-v8/tfjs_binding.node';

/** Unpacks wheels into `folder`: `deps`, and `headers` for the compiler. */
export function unpack(
  wheels: readonly string[],
  { folder, python }: { readonly folder: string; readonly python: string },
): void {
  const unpacked = join(folder, 'unpacked');
  for (const wheel of wheels) {
    const script = join(import.meta.dirname, 'unpack.py');
    run([python, script, wheel, unpacked, members], { what: `Unpacking ${wheel}` });
  }
  mkdirSync(join(folder, 'deps/lib'), { recursive: true });
  for (const library of libraries) {
    renameSync(join(unpacked, 'tensorflow', library), join(folder, 'deps/lib', library));
  }
  renameSync(join(unpacked, 'tensorflow/include'), join(folder, 'headers'));
  if (readdirSync(unpacked).includes('nvidia')) {
    renameSync(join(unpacked, 'nvidia'), join(folder, 'deps/nvidia'));
  }
  rmSync(unpacked, { recursive: true });
}

/** Compiles tfjs-node's `binding/*.cc` into `folder`, and takes the headers away. */
export function compile(
  sources: string,
  { folder, compiler }: { readonly folder: string; readonly compiler: string },
): void {
  const nodeHeaders = fileURLToPath(import.meta.resolve('node-api-headers/include/node_api.h'));
  const binding = join(folder, bindingPath);
  mkdirSync(join(binding, '..'), { recursive: true });
  const files = readdirSync(join(sources, 'binding')).filter((name) => name.endsWith('.cc'));
  run(
    [
      ...[compiler, ...compilerFlags],
      ...[sources, join(folder, 'headers'), join(nodeHeaders, '..')].flatMap((each) => [
        '-I',
        each,
      ]),
      ...files.map((name) => join(sources, 'binding', name)),
      ...['-o', binding, '-L', join(folder, 'deps/lib')],
      ...libraries.map((library) => `-l:${library}`),
    ],
    { what: "Compiling tfjs-node's binding" },
  );
  rmSync(join(folder, 'headers'), { recursive: true });
}
