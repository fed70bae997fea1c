// Data sets in memory.

import { formatShape, take } from '@memae/graph';
import type {
  Batch,
  Dataset,
  LabelledBatch,
  LabelledDataset,
  Modality,
  Samples,
} from './dataset.ts';
import { datasetError } from './error.ts';
import { indexedDataset } from './indexed-dataset.ts';

/** What a data set in memory is made of. */
export interface ArraySource<M extends Modality> {
  readonly name: string;
  readonly modality: M;
  /** `[n, …sampleShape]`. */
  readonly samples: Samples;
  /** `n` names; by default `name/0`, `name/1`, … */
  readonly keys?: readonly string[];
}

/**
 * Samples without labels, for training.
 * @throws `DATASET_CORRUPT` when samples and keys differ in number, or a number is not finite.
 */
export function arrayDataset<M extends Modality>(source: ArraySource<M>): Dataset<M> {
  return inMemory(source, (batch) => batch);
}

/**
 * Samples with labels (`[n]`, 1 = anomalous), for evaluation.
 * @throws `DATASET_CORRUPT` as `arrayDataset`, and for labels of another number or other than 0 and 1.
 */
export function labelledDataset<M extends Modality>(
  source: ArraySource<M> & { readonly labels: Uint8Array },
): LabelledDataset<M> {
  const { labels, name } = source;
  refuseOtherLength(name, 'labels', labels.length, source.samples);
  const odd = labels.findIndex((label) => label > 1);
  if (odd >= 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${name}: a label is 1 (anomalous) or 0 (normal), but label ${odd} is ${String(labels[odd])}.`,
    );
  }
  return inMemory<M, LabelledBatch>(source, (batch, picked) => ({
    ...batch,
    labels: Uint8Array.from(picked, (i) => labels[i] ?? 0),
  }));
}

function inMemory<M extends Modality, B extends Batch>(
  { name, modality, samples, keys }: ArraySource<M>,
  complete: (batch: Batch, picked: Uint32Array) => B,
): Dataset<M, B> {
  const [length = 0, ...sampleShape] = samples.shape;
  if (keys !== undefined) refuseOtherLength(name, 'keys', keys.length, samples);
  refuseNotFinite(name, samples);
  return indexedDataset({
    name,
    modality,
    sampleShape,
    dtype: samples.dtype,
    length,
    read: (picked) =>
      complete(
        {
          samples: takeSamples(samples, picked),
          keys: Array.from(picked, (i) => keys?.[i] ?? `${name}/${i}`),
        },
        picked,
      ),
  });
}

/** Samples by index; each branch tells the compiler which element type comes back. */
export function takeSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  return samples.dtype === 'uint8' ? take(samples, indices) : take(samples, indices);
}

/** @throws `DATASET_CORRUPT` with the index of the first NaN or infinity. */
export function refuseNotFinite(name: string, { dtype, data, shape }: Samples): void {
  if (dtype !== 'float32') return;
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const row = data.length / (shape[0] ?? 1);
  throw datasetError(
    'DATASET_CORRUPT',
    `${name}: finite numbers were expected, but element ${index % row} of sample ` +
      `${Math.floor(index / row)} is ${String(data[index])}. Clean or leave out that sample.`,
  );
}

function refuseOtherLength(name: string, what: string, length: number, samples: Samples): void {
  if (length === (samples.shape[0] ?? 0)) return;
  throw datasetError(
    'DATASET_CORRUPT',
    `${name}: the samples are ${formatShape(samples.shape)}, but ${length} ${what} came; ` +
      'one a sample was expected.',
  );
}
