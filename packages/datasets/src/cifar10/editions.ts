// Which of CIFAR-10's editions a folder holds: the best whole one, or the one asked for.

import { readdir } from 'node:fs/promises';
import { datasetError } from '../error.ts';
import { cifar10Classes, cifar10Jpeg, cifar10Published } from './published.ts';

/** `binary` is the original's pixels, all or some of them; `jpeg` a lossy copy, or a folder of pictures. */
export type Cifar10Edition = 'binary' | 'jpeg';

/** What is to be read, by names in the folder. */
export type FoundEdition =
  | { readonly kind: 'batches'; readonly files: readonly string[] }
  | { readonly kind: 'archive' | 'jpeg archive'; readonly file: string }
  | { readonly kind: 'pictures' };

const batchNames = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}`).concat('test_batch');

/**
 * Looks for, in this order: the official archive; all six batches; the JPEG edition's archive; pictures in folders by
 * class, or by `train` and `test` and class; some of the batches, or parts of them (`data_batch_1.first4000.bin`).
 * Batches may be gzipped and lie in `cifar-10-batches-bin`.
 * @returns nothing where the folder is not there or holds none of these.
 * @throws `DATASET_CORRUPT` where two files hold parts of one batch: their rows may be the same.
 */
export async function findEdition(
  folder: string,
  edition?: Cifar10Edition,
): Promise<FoundEdition | undefined> {
  const names = await filesIn(folder);
  const batches = batchFiles(folder, names);
  const archive = cifar10Published.files.find(({ file }) => names.includes(file))?.file;
  const lossless: FoundEdition | undefined =
    archive !== undefined
      ? { kind: 'archive', file: archive }
      : batches.length > 0
        ? { kind: 'batches', files: batches }
        : undefined;
  const jpeg: FoundEdition | undefined = names.includes(cifar10Jpeg.file)
    ? { kind: 'jpeg archive', file: cifar10Jpeg.file }
    : names.some((name) => cifar10Classes.includes(name.replace(/^(train|test)\//, '')))
      ? { kind: 'pictures' }
      : undefined;
  if (edition !== undefined) return edition === 'binary' ? lossless : jpeg;
  const all = batches.length === batchNames.length && !batches.some(isPart);
  return archive !== undefined || all ? lossless : (jpeg ?? lossless);
}

/** The file of each batch: whole rather than in part. */
function batchFiles(folder: string, names: readonly string[]): string[] {
  return batchNames.flatMap((batch) => {
    const pattern = new RegExp(`(^|/)${batch}(\\.[\\w-]+)?\\.bin(\\.gz)?$`);
    const found = names.filter((name) => pattern.test(name));
    const whole = found.find((name) => !isPart(name));
    if (whole !== undefined) return [whole];
    if (found.length > 1) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${folder}: ${found.join(' and ')} hold parts of one batch, and may hold the same rows. Keep one of them, ` +
          `or name another edition.`,
      );
    }
    return found;
  });
}

/** Whether a batch's file has more in its name than the official one. */
function isPart(name: string): boolean {
  return !/_batch(_\d)?\.bin(\.gz)?$/.test(name);
}

async function filesIn(folder: string): Promise<string[]> {
  const list = (path: string): Promise<string[]> => readdir(path).catch(() => []);
  const nested = ['cifar-10-batches-bin', 'train', 'test'].map(async (inside) =>
    (await list(`${folder}/${inside}`)).map((name) => `${inside}/${name}`),
  );
  return [...(await list(folder)), ...(await Promise.all(nested)).flat()].sort();
}
