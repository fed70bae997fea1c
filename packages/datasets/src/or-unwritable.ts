import { datasetError, reasonOf } from './error.ts';

/** What writes to a path. @throws `DATASET_UNWRITABLE` with the path, the reason and `remedy`, whatever it throws */
export async function orUnwritable<T>(
  path: string,
  remedy: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw datasetError(
      'DATASET_UNWRITABLE',
      `${path} cannot be written: ${reasonOf(error)}. ${remedy}`,
      error,
    );
  }
}
