// Data for a first look: MNIST where it is at hand or comes quickly, else digits drawn by the package.

import { type MnistOptions, type Pool, mnist, openPool, strokes } from '@memae/datasets';
import { MemaeError } from '@memae/graph';

export interface ChosenPool {
  readonly pool: Pool;
  /** Why it is not MNIST, where nothing was asked for and MNIST did not come. */
  readonly instead?: string;
}

/** How long MNIST may take to come. */
const patienceMs = 20_000;

/** What went wrong when MNIST is just not to be had, as against being there and broken. */
const notToBeHad = ['DATASET_NOT_FOUND', 'DATASET_DOWNLOAD_FAILED', 'DATASET_UNWRITABLE'];

/** Opens the data asked for, as `openPool`; without a wish MNIST, or `strokes` with the reason. */
export async function choosePool(
  data: string | undefined,
  options: MnistOptions,
): Promise<ChosenPool> {
  if (data !== undefined) return { pool: await openPool(data, options) };
  try {
    return { pool: await mnist({ timeoutMs: patienceMs, ...options }) };
  } catch (error) {
    if (!(error instanceof MemaeError && notToBeHad.includes(String(error.code)))) throw error;
    return { pool: strokes(), instead: error.message };
  }
}
