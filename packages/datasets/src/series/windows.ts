// Windows over the rows of series as a data set: [n, window × features], a window's rows one after another. No window
// crosses from one series into the next, nor a row that is left out; the last window of a stretch of rows ends with it.

import { createHash } from 'node:crypto';
import { type NdArray, type RowSchema, ndarray } from '@memae/graph';
import type { BatchOptions, Dataset, LabelledBatch } from '../dataset.ts';
import { batchSizes } from '../indexed-dataset.ts';
import { oneAhead } from '../one-ahead.ts';
import { chunkEncoder, expressionsFor, rowStore } from '../table-files/row-store.ts';
import { asText, scan } from '../table-files/table-file.ts';
import { type SeriesOptions, windowsIn } from './series-options.ts';
import type { Timeline } from './timeline.ts';

/** A row, as one step in time. */
export interface Step {
  /** `<table>/<time>`, `<table>/<group>/<time>`; the row's number in place of a time that there is not. */
  readonly key: string;
  /** 1 where anomalous. */
  readonly label: number;
}

/** Windows; each is called by its first step, and anomalous where one of its steps is. */
export interface WindowBatch extends LabelledBatch {
  readonly samples: NdArray;
  /** Of each window its last steps, those that no window before it had: of the first of a stretch all. */
  readonly fresh: readonly (readonly Step[])[];
}

export interface WindowSource extends SeriesOptions {
  readonly name: string;
  readonly timeline: Timeline;
  readonly schema: RowSchema;
  /** Whether to take the i-th row; all by default. */
  readonly takes?: (row: number) => boolean;
  /** By default 0. */
  readonly labelOf?: (row: number) => number;
  /** How keys call the files; by default as the table. */
  readonly keyed?: string;
  /** Rows are kept in memory up to so many bytes; by default they are read in each pass. */
  readonly memory?: number;
}

/** Rows that are held at once where not all are kept. */
const blockRows = 65_536;

/** Windows in the order of their rows, or shuffled, as far as rows are held at once. */
export function windows(source: WindowSource): Dataset<'tabular', WindowBatch> {
  const { name, schema, window, memory = 0, timeline } = source;
  const features = rowStore(schema, 0).encoder.features.length;
  const { rows, length } = count(source);
  const all = rows * features * 4 <= memory;
  let kept: readonly Block[] | undefined;
  async function* blocks(): AsyncGenerator<Block> {
    if (kept !== undefined) yield* kept;
    else {
      const read: Block[] = [];
      for await (const block of blocksOf(source, { features, most: all ? rows : blockRows })) {
        if (all) read.push(block);
        yield block;
      }
      if (all) kept = read;
    }
  }
  const batches = (options: BatchOptions) =>
    oneAhead(batchesOf(blocks(), { ...options, length, width: window * features }));
  return {
    name,
    modality: 'tabular',
    sampleShape: [window * features],
    dtype: 'float32',
    length,
    batches,
    // Each row once: windows overlap.
    fingerprint: async () => {
      const hash = createHash('sha256');
      hash.update(`windows ${length}×${window}×${features} of ${timeline.table.columns.length}\n`);
      for await (const { samples, fresh } of batches({ size: 256 })) {
        fresh.forEach((steps, i) => {
          const end = (i + 1) * window * features;
          const { buffer, byteOffset } = samples.data.subarray(end - steps.length * features, end);
          hash.update(new Uint8Array(buffer, byteOffset, 4 * steps.length * features));
        });
      }
      return hash.digest('hex');
    },
  };
}

/** Rows that are taken, and windows on them. */
function count(source: WindowSource): { readonly rows: number; readonly length: number } {
  const { timeline, takes = () => true } = source;
  let [rows, length, stretch] = [0, 0, 0];
  timeline.begins.forEach((begins, row) => {
    const taken = takes(row);
    if (begins === 1 || !taken) {
      length += windowsIn(stretch, source);
      stretch = 0;
    }
    if (taken) [rows, stretch] = [rows + 1, stretch + 1];
  });
  return { rows, length: length + windowsIn(stretch, source) };
}

/** Some consecutive rows, and the windows on them. */
interface Block {
  /** [rows, features]. */
  readonly data: Float32Array;
  readonly steps: readonly Step[];
  readonly windows: readonly Place[];
}

/** A window by its first row, and how many of its rows are new. */
interface Place {
  readonly start: number;
  readonly fresh: number;
}

async function* blocksOf(
  source: WindowSource,
  { features, most }: { readonly features: number; readonly most: number },
): AsyncGenerator<Block> {
  const { timeline, schema, window, stride = 1, takes = () => true, labelOf = () => 0 } = source;
  const encode = chunkEncoder(schema);
  const capacity = Math.max(most, 2 * window);
  let data = new Float32Array(capacity * features);
  let steps: Step[] = [];
  let places: Place[] = [];
  // Of the stretch at hand: where its next window begins, and where the last one ended.
  let stretch: { next: number; ended?: number } | undefined;

  const place = (start: number): void => {
    if (stretch === undefined) return;
    places.push({ start, fresh: start + window - (stretch.ended ?? start) });
    stretch.ended = start + window;
  };
  const endStretch = (): void => {
    const ended = stretch?.ended;
    if (ended !== undefined && ended < steps.length) place(steps.length - window);
    stretch = undefined;
  };
  const block = (): Block => ({
    data: data.subarray(0, steps.length * features),
    steps,
    windows: places,
  });
  // The rows that windows to come may need go on into the next block.
  const carry = (): void => {
    const from = Math.max(0, stretch === undefined ? steps.length : steps.length - window);
    const rest = data.subarray(from * features, steps.length * features);
    data = new Float32Array(capacity * features);
    data.set(rest);
    [steps, places] = [steps.slice(from), []];
    if (stretch === undefined) return;
    stretch = {
      next: stretch.next - from,
      ...(stretch.ended !== undefined && { ended: stretch.ended - from }),
    };
  };

  let row = 0;
  for await (const { chunk, keys } of chunksOf(source)) {
    const picked = Uint32Array.from({ length: chunk.length }, (_, i) => i).filter((i) =>
      takes(row + i),
    );
    const encoded = encode(chunk, picked).data;
    let at = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const taken = picked[at] === i;
      if (timeline.begins[row + i] === 1 || !taken) endStretch();
      if (!taken) continue;
      if (steps.length === capacity) {
        yield block();
        carry();
      }
      stretch ??= { next: steps.length };
      data.set(encoded.subarray(at * features, (at + 1) * features), steps.length * features);
      steps.push({ key: keys[i] ?? '', label: labelOf(row + i) });
      at += 1;
      if (steps.length - stretch.next < window) continue;
      place(stretch.next);
      stretch.next += stride;
    }
    row += chunk.length;
  }
  endStretch();
  if (places.length > 0) yield block();
}

/** Chunks of the columns, with a key for each row. */
async function* chunksOf({
  timeline: { table },
  schema,
  time,
  group,
  keyed: called = table.name,
}: WindowSource) {
  const expressions = expressionsFor(schema, table);
  const names = [group, time].flatMap((name) => (name === undefined ? [] : [asText({ name })]));
  const numbered = time === undefined;
  for await (const chunk of scan(table, { expressions: [...expressions, ...names], numbered })) {
    const texts = names.map((_, i) => chunk.texts(expressions.length + i));
    const numbers = numbered ? chunk.numbers(expressions.length + names.length) : undefined;
    const keys = Array.from({ length: chunk.length }, (_, i) =>
      [called, ...texts.map((column) => column[i] ?? ''), ...(numbers ? [numbers[i]] : [])].join(
        '/',
      ),
    );
    yield { chunk, keys };
  }
}

async function* batchesOf(
  blocks: AsyncGenerator<Block>,
  { length, width, ...options }: BatchOptions & { readonly length: number; readonly width: number },
): AsyncGenerator<WindowBatch> {
  const drawn = drawnFrom(blocks, options);
  try {
    for (const size of batchSizes(length, options)) {
      const data = new Float32Array(size * width);
      const batch = { keys: [] as string[], labels: new Uint8Array(size), fresh: [] as Step[][] };
      for (let i = 0; i < size; i += 1) {
        const next = await drawn.next();
        if (next.done === true) return;
        const { block, place } = next.value;
        const features = block.data.length / block.steps.length;
        const window = width / features;
        const from = place.start * features;
        data.set(block.data.subarray(from, from + width), i * width);
        const steps = block.steps.slice(place.start, place.start + window);
        batch.keys.push(steps[0]?.key ?? '');
        batch.labels[i] = steps.some(({ label }) => label === 1) ? 1 : 0;
        batch.fresh.push(steps.slice(window - place.fresh));
      }
      yield { samples: ndarray(data, [size, width]), ...batch };
    }
  } finally {
    await drawn.return(undefined);
  }
}

/** The windows of each block, in order or shuffled. */
async function* drawnFrom(blocks: AsyncGenerator<Block>, { shuffle }: BatchOptions) {
  for await (const block of blocks) {
    const order = shuffle?.permutation(block.windows.length);
    for (let i = 0; i < block.windows.length; i += 1) {
      const place = block.windows[order?.[i] ?? i];
      if (place !== undefined) yield { block, place };
    }
  }
}
