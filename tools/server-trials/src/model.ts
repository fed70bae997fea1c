// The models that are served here, and what they answer without a server: small ones, trained for an epoch by `memae train`.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOnnx } from '@memae/backend/ort';
import { type AnyNdArray, type Random, createData, sizeOf } from '@memae/graph';
import { readArtifact } from '@memae/onnx';
import { runMemae } from './program.ts';

export interface KnownModel extends AsyncDisposable {
  readonly folder: string;
  /** Samples that are drawn; bytes where the model takes bytes, else numbers in [0, 1). */
  readonly draw: (length: number, random: Random) => AnyNdArray;
  /** Their scores, computed in this process, on one thread, as one batch. */
  readonly score: (samples: AnyNdArray) => Promise<Float32Array>;
  /** Samples as the model takes them, of their bytes. */
  readonly samplesOf: (bytes: Uint8Array) => AnyNdArray;
}

/** A folder for what is written here, removed when it is done with. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'memae-trials-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export interface TrainOptions {
  /** `strokes` are pictures of 28 × 28 pixels, `flows` rows. */
  readonly data: string;
  readonly seed?: number;
}

/** What is served is as fast, whatever it was trained on and however long. */
export async function trainModel(folder: string, { data, seed = 1 }: TrainOptions): Promise<void> {
  const classes = ['strokes', 'mnist'].includes(data) ? ['--normal', '3'] : [];
  const effort = ['--epochs', '1', '--limit', '200', '--seed', String(seed)];
  await runMemae(['train', '--data', data, ...classes, ...effort, '--out', folder]);
}

export async function openModel(folder: string): Promise<KnownModel> {
  const { manifest, model } = await readArtifact(folder);
  const { name, dtype, dims } = manifest.input;
  const executable = await openOnnx(model, { threads: 1 });
  const shape = (length: number) => dims.map((dim) => (dim === 'batch' ? length : dim));
  const arrayOf = (data: AnyNdArray['data'], length: number) =>
    ({ dtype, shape: shape(length), data }) as AnyNdArray;
  return {
    folder,
    draw: (length, random) => {
      const data = createData(dtype, sizeOf(shape(length)));
      for (let i = 0; i < data.length; i += 1) {
        data[i] = dtype === 'float32' ? random.uniform() : Math.floor(256 * random.uniform());
      }
      return arrayOf(data, length);
    },
    samplesOf: (bytes) => {
      const data = createData(dtype, bytes.byteLength / createData(dtype, 0).BYTES_PER_ELEMENT);
      new Uint8Array(data.buffer).set(bytes);
      return arrayOf(data, data.length / sizeOf(shape(1)));
    },
    score: async (samples) => {
      const { score } = await executable.run({ [name]: samples }, ['score']);
      if (score?.dtype !== 'float32') throw new TypeError(`${folder} has no score`);
      return score.data;
    },
    [Symbol.asyncDispose]: async () => executable[Symbol.asyncDispose](),
  };
}
