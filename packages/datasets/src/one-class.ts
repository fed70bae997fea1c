// The paper's protocol for images (section 4.1, Table 1): one class is normal, all others are anomalous.
// Normal samples split 2:1 into training and test; a tenth of training is kept for validation; anomalies are
// drawn from the other classes until they are 30 % of the test set.

import type { Random } from '@memae/graph';
import { arrayDataset, labelledDataset, takeSamples } from './array-dataset.ts';
import { datasetError } from './error.ts';
import type { Pool } from './pool.ts';
import type { Split } from './split.ts';

export interface OneClassOptions extends Pool, OneClassDraw {}

/** The parts of a split, by index. */
export interface DrawnSplit {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
  /** Of `test`: 1 = anomalous. */
  readonly testLabels: Uint8Array;
}

/** Who is normal, and in which shares. */
export interface OneClassDraw {
  /** The class that is normal, by name (`'5'`, `'good'`) or, for digits, by number. */
  readonly normal: string | number;
  /** Draws the split. */
  readonly random: Random;
  /** Share of anomalies in the test set, in [0, 1); by default 0.3. Where there are too few, all are taken. */
  readonly anomalyShare?: number;
  /** Share of the training samples kept for validation, in (0, 1); by default 0.1. */
  readonly validationShare?: number;
}

/**
 * Cuts a pool by the paper's protocol: `oneClassSplit({ ...pool, normal: 5, random })`.
 * @throws `DATASET_EMPTY` when the normal class is not there or has fewer than three samples (one each for
 *   training, validation and test); `DATASET_BAD_OPTION` for shares out of range.
 */
export function oneClassSplit(options: OneClassOptions): Split<'image'> {
  const { name, images } = options;
  const { train, validation, test, testLabels, protocol } = drawOneClass(options);
  const part = (suffix: string, picked: readonly number[]) => ({
    name: `${name} ${suffix}`,
    modality: 'image' as const,
    samples: takeSamples(images, picked),
    keys: picked.map((i) => options.keys?.[i] ?? `${name}/${i}`),
  });
  return {
    name,
    protocol,
    train: arrayDataset(part('train', train)),
    validation: arrayDataset(part('validation', validation)),
    test: labelledDataset({ ...part('test', test), labels: testLabels }),
  };
}

interface Classes extends Pick<Pool, 'name' | 'classes'> {
  /** An index into `classes` for each sample. */
  readonly labels: ArrayLike<number>;
}

/** The same as indices of samples, wherever those are. */
export function drawOneClass(
  options: OneClassDraw & Classes,
): DrawnSplit & { readonly protocol: string } {
  const { labels, random, anomalyShare = 0.3, validationShare = 0.1 } = options;
  refuseShare('anomalyShare', anomalyShare, anomalyShare >= 0);
  refuseShare('validationShare', validationShare, validationShare > 0);
  const normal = classIndex(options);

  const indices = Array.from(labels, (_, i) => i);
  const draw = (wanted: boolean, stream: Random): number[] => {
    const found = indices.filter((i) => (labels[i] === normal) === wanted);
    return Array.from(stream.permutation(found.length), (i) => found[i] ?? 0);
  };
  const normals = draw(true, random.fork('normal'));
  const anomalies = draw(false, random.fork('anomalies'));

  const trained = Math.round((2 / 3) * normals.length);
  const validated = Math.max(1, Math.round(validationShare * trained));
  const tested = normals.slice(trained);
  const wanted = Math.round((tested.length * anomalyShare) / (1 - anomalyShare));
  const added = anomalies.slice(0, wanted);

  return {
    protocol:
      `${options.classes[normal] ?? ''} is normal; two thirds of it to learn from, ` +
      `${Math.round(100 * validationShare)} % of that held out` +
      anomaliesOf({ wanted, added: added.length, tested: tested.length }),
    train: normals.slice(0, trained - validated),
    validation: normals.slice(trained - validated, trained),
    test: [...tested, ...added],
    testLabels: Uint8Array.from({ length: tested.length + added.length }, (_, i) =>
      i < tested.length ? 0 : 1,
    ),
  };
}

/** How many anomalies are tested, as a clause of the protocol; none where none are. */
function anomaliesOf(of: {
  readonly wanted: number;
  readonly added: number;
  readonly tested: number;
}): string {
  const { wanted, added, tested } = of;
  if (added === 0) return '';
  const share = `${Math.round((100 * added) / (tested + added))} % of the test set`;
  return added < wanted
    ? `; anomalies are all ${added} there are, ${share}`
    : `; anomalies are ${share}`;
}

/** The label of the normal class, which has samples enough. */
function classIndex({
  name,
  labels,
  classes,
  normal,
}: Classes & Pick<OneClassDraw, 'normal'>): number {
  const counts = classes.map(() => 0);
  for (const label of Array.from(labels)) counts[label] = (counts[label] ?? 0) + 1;
  const index = classes.indexOf(String(normal));
  const count = counts[index] ?? 0;
  if (count >= 3) return index;
  const there = classes.map((label, i) => `${label} (${String(counts[i])})`).join(', ');
  throw datasetError(
    'DATASET_EMPTY',
    `${name} has ${count} samples of the class "${normal}", but training, validation and test need ` +
      `three at least. Choose another class as normal; the classes and their samples: ${there}.`,
  );
}

function refuseShare(what: string, share: number, atLeast: boolean): void {
  if (atLeast && share < 1) return;
  throw datasetError(
    'DATASET_BAD_OPTION',
    `${what} is a share between 0 and 1, but ${share} came; 0.3 means 30 %.`,
  );
}
