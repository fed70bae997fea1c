// Which part of a split each row goes to, rows being independent of each other: drawn at random.

import { datasetError } from '../error.ts';

/** Parts of the rows; `sample` is of the training part, and goes into the medians. */
export const part = { none: 0, train: 1, sample: 2, validation: 3, test: 4 } as const;
/** Of what is learned from, the share that is held out. */
export const validationShare = 0.1;
/** Rows that medians are taken of. */
export const sampleRows = 10_000;

export const isTrain = (each: number | undefined): boolean =>
  each === part.train || each === part.sample;
export const isValidation = (each: number | undefined): boolean => each === part.validation;
export const isTest = (each: number | undefined): boolean => each === part.test;

/**
 * Which part each row goes to.
 * @throws `DATASET_EMPTY` when there are too few rows to learn from or to hold out.
 */
export function cut(
  drawn: Uint32Array,
  {
    name,
    labels,
    testShare,
  }: { readonly name: string; readonly labels: Uint8Array; readonly testShare: number },
): Uint8Array {
  const parts = new Uint8Array(labels.length);
  const normals = drawn.filter((row) => labels[row] === 0);
  const tested = Math.round(testShare * normals.length);
  const learned = normals.subarray(tested);
  const heldOut = Math.max(1, Math.round(validationShare * learned.length));
  if (learned.length - heldOut < 1) {
    throw datasetError(
      'DATASET_EMPTY',
      `${name}: of ${drawn.length} rows ${normals.length} are normal, which leaves none to learn from. Give more rows.`,
    );
  }
  for (const row of drawn) parts[row] = part.test;
  learned.forEach((row, i) => {
    parts[row] =
      i < heldOut ? part.validation : i < heldOut + sampleRows ? part.sample : part.train;
  });
  return parts;
}
