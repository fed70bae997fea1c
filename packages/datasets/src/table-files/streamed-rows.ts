// Rows as a data set that is read from its files anew in each pass: memory holds one block of rows, however many there are.
// Shuffled within blocks: rows of a file that is sorted meet only those near them.

import type { Batch, Dataset, LabelledBatch } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { ndarray } from '@memae/graph';
import { batchSizes } from '../indexed-dataset.ts';
import { tableRows } from '../tables/table-encoder.ts';
import type { RowSchema } from './row-schema.ts';
import { expressionsFor, rowStore, storedTable } from './row-store.ts';
import { type TableFile, scan } from './table-file.ts';

/** Some rows of files, and how they are prepared. */
export interface StreamedRows {
  readonly name: string;
  readonly table: TableFile;
  readonly schema: RowSchema;
  /** How many rows there are for which `takes` holds. */
  readonly length: number;
  /** Whether to take the i-th row that is read; all by default. */
  readonly takes?: (row: number) => boolean;
  /** How keys call the files; by default as the table. */
  readonly keyed?: string;
}

/** Rows that are shuffled together, at most. */
const blockRows = 131_072;
/** Bytes of a block, at most. */
const blockBytes = 2 ** 28;

/** Rows without labels, `[n, features]` float32. The key of row i of the files is `<table>/i`. */
export function streamedRows(source: StreamedRows): Dataset<'tabular'> {
  return describe(source, (options) =>
    batches(source, { ...options, finish: ({ batch }) => batch }),
  );
}

/** Rows with labels, 1 where anomalous: `labelOf` the i-th row that is read. */
export function labelledStreamedRows(
  source: StreamedRows & { readonly labelOf: (row: number) => number },
): Dataset<'tabular', LabelledBatch> {
  return describe(source, (options) =>
    batches(source, {
      ...options,
      finish: ({ batch, rows }) => ({ ...batch, labels: Uint8Array.from(rows, source.labelOf) }),
    }),
  );
}

function describe<B extends Batch>(
  { name, schema, length }: StreamedRows,
  read: Dataset<'tabular', B>['batches'],
): Dataset<'tabular', B> {
  return {
    name,
    modality: 'tabular',
    sampleShape: [rowStore(schema, 0).encoder.features.length],
    dtype: 'float32',
    length,
    batches: read,
  };
}

type BatchesOptions<B> = Parameters<Dataset['batches']>[0] & {
  /** `rows`: which ones of those read the batch holds. */
  readonly finish: (read: { readonly batch: Batch; readonly rows: readonly number[] }) => B;
};

async function* batches<B extends Batch>(
  source: StreamedRows,
  { finish, ...options }: BatchesOptions<B>,
): AsyncGenerator<B> {
  const { table, keyed = table.name, length } = source;
  const blocks = blocksOf(source, options.shuffle === undefined ? options.size : blockRows);
  try {
    let block: Block | undefined;
    let order: Uint32Array = new Uint32Array(0);
    for (const size of batchSizes(length, options)) {
      let data: Float32Array | undefined;
      const [keys, rows]: [string[], number[]] = [[], []];
      while (keys.length < size) {
        if (block === undefined || order.length === 0) {
          const next = await blocks.next();
          if (next.done === true) throw changed(source);
          block = next.value;
          const count = block.rows.length;
          order =
            options.shuffle?.permutation(count) ?? Uint32Array.from({ length: count }, (_, i) => i);
        }
        const { encode, rows: read, numbers } = block;
        const picked = order.subarray(0, size - keys.length);
        order = order.subarray(picked.length);
        const { data: part } = encode(picked);
        const width = part.length / picked.length;
        data ??= new Float32Array(size * width);
        data.set(part, keys.length * width);
        for (const i of picked) {
          keys.push(`${keyed}/${numbers[i] ?? 0}`);
          rows.push(read[i] ?? 0);
        }
      }
      if (data === undefined) return;
      const samples = ndarray(data, [size, data.length / size]);
      yield finish({ batch: { samples, keys }, rows });
    }
  } finally {
    await blocks.return(undefined);
  }
}

interface Block {
  readonly encode: ReturnType<typeof tableRows>;
  /** Which of the rows that are read, and which of the files'. */
  readonly rows: readonly number[];
  readonly numbers: readonly number[];
}

/** Each block is used up before the next is read: they share their memory. */
async function* blocksOf(
  { table, schema, takes = () => true, length }: StreamedRows,
  most: number,
): AsyncGenerator<Block, undefined> {
  const { rowBytes } = rowStore(schema, 0);
  const capacity = Math.max(1, Math.min(most, length, Math.floor(blockBytes / rowBytes)));
  const store = rowStore(schema, capacity);
  const encode = tableRows(
    store.encoder,
    storedTable(store, { name: table.name, length: capacity }),
  );
  const expressions = expressionsFor(schema, table);
  const numbered = table.where !== undefined;
  let [rows, numbers]: [number[], number[]] = [[], []];
  let first = 0;
  for await (const chunk of scan(table, { expressions, numbered })) {
    const chunkNumbers = numbered ? chunk.numbers(expressions.length) : undefined;
    const start = first;
    first += chunk.length;
    const taken: number[] = [];
    for (let i = 0; i < chunk.length; i += 1) if (takes(start + i)) taken.push(i);
    for (let at = 0; at < taken.length;) {
      const picked = taken.slice(at, at + capacity - rows.length);
      store.put(chunk, picked, rows.length);
      at += picked.length;
      for (const i of picked) {
        rows.push(start + i);
        numbers.push(chunkNumbers?.[i] ?? start + i);
      }
      if (rows.length < capacity) continue;
      yield { encode, rows, numbers };
      [rows, numbers] = [[], []];
    }
  }
  if (rows.length > 0) yield { encode, rows, numbers };
  return undefined;
}

function changed({ name, length }: StreamedRows) {
  return datasetError(
    'DATASET_CORRUPT',
    `${name}: ${length} rows were there when the files were opened, but there are fewer now. Leave files alone while they are read.`,
  );
}
