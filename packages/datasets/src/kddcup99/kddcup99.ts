// KDDCUP99, the 10 % edition: 494,021 network connections, found on disk or downloaded, and the paper's cut of them.

import { join } from 'node:path';
import { type Published, type PublishedOptions, findPublished } from '../download/published.ts';
import type { TablePool } from '../tables/table.ts';
import { type TableSplit, type TableSplitOptions, tableSplit } from '../tables/table-split.ts';
import { type ReadKddOptions, readKdd } from './read-kdd.ts';

const file = 'kddcup.data_10_percent.gz';

export const kddPublished: Published = {
  name: 'kddcup99',
  title: 'KDDCUP99',
  files: [
    {
      file,
      bytes: 2_144_903,
      sha256: '8045aca0d84e70e622d1148d7df782496f6333bf6eb979a1b0837c42a9fd9561',
    },
  ],
  mirrors: [
    'https://archive.ics.uci.edu/ml/machine-learning-databases/kddcup99-mld/',
    'https://kdd.ics.uci.edu/databases/kddcup99/',
  ],
  instead: 'flows',
};

/** KDDCUP99 in the sub-folder `kddcup99`. */
export type KddOptions = PublishedOptions & ReadKddOptions;

/**
 * All 494,021 rows; `normal` (97,278 of them) is the anomaly, as in the paper.
 * @throws as `findPublished` and `readKdd`.
 */
export async function kddcup99(options: KddOptions): Promise<TablePool> {
  return readKdd(join(await findPublished(kddPublished, options), file), options);
}

export interface KddSplitOptions extends Omit<TableSplitOptions, 'drop'> {
  /**
   * Leaves out `num_outbound_cmds`, which is 0 in every row: 120 features, as many as the paper has, rather than 121.
   * By default true.
   */
  readonly dropConstant?: boolean;
}

/** Cuts KDDCUP99 by protocol A (the paper's) or B; as `tableSplit`. */
export function kddSplit(pool: TablePool, options: KddSplitOptions): TableSplit {
  const { dropConstant = true, ...others } = options;
  return tableSplit(pool, { ...others, drop: dropConstant ? ['num_outbound_cmds'] : [] });
}
