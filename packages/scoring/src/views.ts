// One sample out of a batch, and the picture of it that people look at: of a clip the frame that it stands for.

import type { Batch, Samples } from '@memae/datasets';
import { type AnyNdArray, type NdArray, type Shape, ndarray, sizeOf, stack } from '@memae/graph';
import type { ManifestFields } from '@memae/onnx';

/** Row `index` without the first axis. */
export function rowOf({ data, shape }: AnyNdArray, index: number): NdArray {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  return ndarray(Float32Array.from(data.subarray(index * size, (index + 1) * size)), rest);
}

/** Sample `index` of a batch, as it came. */
export function sampleOf(samples: Samples, index: number): Samples {
  const { shape } = samples;
  const size = sizeOf(shape.slice(1));
  const [from, to] = [index * size, (index + 1) * size];
  return samples.dtype === 'uint8'
    ? ndarray(samples.data.slice(from, to), shape.slice(1))
    : ndarray(samples.data.slice(from, to), shape.slice(1));
}

/** A sample without a batch. */
export interface NamedSample {
  readonly key: string;
  readonly sample: Samples;
}

/** One batch, or where samples differ in size, as pictures that are cut may, one of each. */
export function batchesOf(named: readonly NamedSample[]): Batch[] {
  const sizes = new Set(named.map(({ sample }) => sample.shape.join()));
  const groups = sizes.size > 1 ? named.map((each) => [each]) : named.length > 0 ? [named] : [];
  return groups.map((group) => ({
    samples: stack(group.map(({ sample }): AnyNdArray => sample)) as Samples,
    keys: group.map(({ key }) => key),
  }));
}

/** Whether samples can be looked at: `[channels, height, width]` or `[channels, frames, height, width]`, in grey or colour. */
export function isPicture(sampleShape: Shape): boolean {
  const [channels, ...space] = sampleShape;
  return (channels === 1 || channels === 3) && (space.length === 2 || space.length === 3);
}

/** Of a clip one frame, by default the one it stands for; pictures as they are. */
export function frameAt(sample: Samples, frame?: number): Samples {
  const { shape } = sample;
  if (shape.length < 4) return sample;
  const [channels = 1, frames = 1, height = 1, width = 1] = shape;
  const at = frame ?? Math.floor(frames / 2);
  const size = height * width;
  const pick = (i: number): number =>
    sample.data[(Math.floor(i / size) * frames + at) * size + (i % size)] ?? 0;
  const chosen = [channels, height, width];
  return sample.dtype === 'uint8'
    ? ndarray(
        Uint8Array.from({ length: sizeOf(chosen) }, (_, i) => pick(i)),
        chosen,
      )
    : ndarray(
        Float32Array.from({ length: sizeOf(chosen) }, (_, i) => pick(i)),
        chosen,
      );
}

/** What the network gives, as numbers from 0 to 1 where samples are bytes. */
export function toUnit({ data, shape }: NdArray, { input, options }: ManifestFields): NdArray {
  const symmetric = input.dtype === 'uint8' && options['input.range'] === 'symmetric';
  return symmetric
    ? ndarray(
        data.map((value) => (value + 1) / 2),
        shape,
      )
    : ndarray(data, shape);
}
