// Rows as a data set that is read from its files anew in each pass: memory holds one block of rows, however many there are.
// Shuffled within blocks: rows of a file that is sorted meet only those near them.

import type { Batch, Dataset, LabelledBatch } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { type RowSchema, ndarray } from '@memae/graph';
import { batchSizes } from '../indexed-dataset.ts';
import { oneAhead } from '../one-ahead.ts';
import { tableRows } from '../tables/table-encoder.ts';
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
/** Rows that are kept where none are shuffled: some of DuckDB's chunks. */
const inOrder = 16_384;
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
    // Rows are read and encoded while an engine has those before.
    batches: (options) => oneAhead(read(options)),
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
  const blocks = blocksOf(source, options.shuffle === undefined ? inOrder : blockRows);
  try {
    let block: Block | undefined;
    let order: Uint32Array = new Uint32Array(0);
    for (const size of batchSizes(length, options)) {
      let data: Float32Array | undefined;
      const keys: string[] = [];
      const rows: number[] = [];
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
  readonly rows: Float64Array;
  readonly numbers: Float64Array;
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
  const [rows, numbers] = [new Float64Array(capacity), new Float64Array(capacity)];
  let [filled, first] = [0, 0];
  const block = (): Block => ({
    encode,
    rows: rows.subarray(0, filled),
    numbers: numbers.subarray(0, filled),
  });
  for await (const chunk of scan(table, { expressions, numbered })) {
    const chunkNumbers = numbered ? chunk.numbers(expressions.length) : undefined;
    const start = first;
    first += chunk.length;
    const taken = Uint32Array.from({ length: chunk.length }, (_, i) => i).filter((i) =>
      takes(start + i),
    );
    for (let at = 0; at < taken.length;) {
      const picked = taken.subarray(at, at + capacity - filled);
      store.put(chunk, picked, filled);
      at += picked.length;
      for (const i of picked) {
        rows[filled] = start + i;
        numbers[filled] = chunkNumbers?.[i] ?? start + i;
        filled += 1;
      }
      if (filled < capacity) continue;
      yield block();
      filled = 0;
    }
  }
  if (filled > 0) yield block();
  return undefined;
}

/** Another number of rows came than were counted before. */
export function changed({ name, length }: { readonly name: string; readonly length: number }) {
  return datasetError(
    'DATASET_CORRUPT',
    `${name}: ${length} rows were there when the files were opened, but there are others now. Leave files alone while they are read.`,
  );
}
