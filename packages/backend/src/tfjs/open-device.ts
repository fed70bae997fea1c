// From the id of an engine to a device that computes, or the reason why there is none.

import { totalmem } from 'node:os';
import { type Device, createDevice, runOf, startBackend } from './device.ts';
import { type Loaded, type PackageName, type Refusal, load } from './library.ts';
import { nativeBackend, withMatMul } from './native-backend.ts';

/** `tfjs` is native TensorFlow on whatever it finds. */
export type TfjsId = 'tfjs' | 'tfjs-gpu' | 'tfjs-node' | 'tfjs-wasm' | 'tfjs-cpu';

export interface TfjsOptions {
  /** Threads within a native operation; all cores, unless named. The first engine opened decides for the process. */
  readonly threads?: number;
  /** Bytes that a program may take at its height; as the machine has, unless named. */
  readonly memory?: number;
}

/** Opens the device of an engine, or says why it cannot. */
export function openDevice(engine: TfjsId, options: TfjsOptions): Promise<Device | string> {
  const { threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    return Promise.resolve(`threads must be a positive whole number, but ${threads} came`);
  }
  switch (engine) {
    case 'tfjs':
      return openNative(engine, [gpuPackage, cpuPackage], options);
    case 'tfjs-gpu':
      return openNative(engine, [gpuPackage, cpuPackage], options);
    case 'tfjs-node':
      return openNative(engine, [cpuPackage], options);
    case 'tfjs-wasm':
      return openPlain(engine, options, {
        name: '@tensorflow/tfjs-backend-wasm',
        backend: 'wasm',
        title: 'WebAssembly on the CPU',
        memory: 'WebAssembly',
        room: 4 * 1024 ** 3,
      });
    case 'tfjs-cpu':
      return openPlain(engine, options, {
        name: '@tensorflow/tfjs-backend-cpu',
        backend: 'cpu',
        title: 'plain JavaScript on the CPU',
        memory: 'this machine',
        room: hostMemory(),
      });
  }
}

const gpuPackage: PackageName = '@tensorflow/tfjs-node-gpu';
const cpuPackage: PackageName = '@tensorflow/tfjs-node';

/** The package whose TensorFlow the process holds: two of them do not get along. */
let held: { readonly name: PackageName; readonly loaded: Loaded } | undefined;

/** The first of the packages that is there: one that is broken is not passed over in silence. */
async function nativeLibrary(
  names: readonly PackageName[],
  options: TfjsOptions,
): Promise<{ readonly name: PackageName; readonly loaded: Loaded } | string> {
  if (held !== undefined) {
    if (names.includes(held.name)) return held;
    return `this process holds the TensorFlow of ${held.name} already, and can hold one only`;
  }
  const refusals: Refusal[] = [];
  for (const name of names) {
    const loaded = await load(name, options);
    if ('library' in loaded) return (held = { name, loaded });
    refusals.push(loaded);
    if (!loaded.absent) break;
  }
  return (refusals.find(({ absent }) => !absent) ?? refusals.at(-1))?.reason ?? '';
}

async function openNative(
  engine: TfjsId,
  names: readonly PackageName[],
  options: TfjsOptions,
): Promise<Device | string> {
  const found = await nativeLibrary(names, options);
  if (typeof found === 'string') return found;
  const { name, loaded } = found;
  const tf = loaded.library;
  const backend = nativeBackend(tf);
  const { isUsingGpuDevice, binding } = backend;
  const version = `TensorFlow ${binding.TF_Version}`;
  if (engine === 'tfjs-gpu' && !isUsingGpuDevice) {
    return (
      `${version} of ${name} finds no GPU: it takes an NVIDIA driver (as nvidia-smi shows it) and the ` +
      'CUDA libraries of that TensorFlow; "pnpm native-tensorflow --gpu" in a checkout of memae brings those libraries'
    );
  }
  return createDevice({
    engine,
    tf,
    backend: 'tensorflow',
    description: `${version}, ${isUsingGpuDevice ? 'GPU' : 'CPU'}, ${name} ${loaded.version}`,
    memory: isUsingGpuDevice ? 'the GPU' : 'this machine',
    room: options.memory ?? (isUsingGpuDevice ? Infinity : hostMemory()),
    run: withMatMul(runOf(tf), backend),
  });
}

async function openPlain(
  engine: TfjsId,
  options: TfjsOptions,
  plain: {
    readonly name: PackageName;
    readonly backend: string;
    readonly title: string;
    readonly memory: string;
    readonly room: number;
  },
): Promise<Device | string> {
  const { name, backend, title, memory, room } = plain;
  const loaded = await load(name);
  if (!('library' in loaded)) return loaded.reason;
  const { library: tf, version } = loaded;
  try {
    await startBackend(tf, backend);
  } catch (error) {
    return `${name} does not start: ${error instanceof Error ? error.message : String(error)}`;
  }
  return createDevice({
    engine,
    tf,
    backend,
    description: `${title}, ${name} ${version}`,
    memory,
    room: options.memory ?? room,
  });
}

function hostMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
