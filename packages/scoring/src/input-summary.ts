// What the inputs of a model are like, in bounded room however many come: the measures of a random sample of them.

import type { Batch, Dataset, Samples } from '@memae/datasets';
import { type Random, sizeOf } from '@memae/graph';
import { keepEvenly } from '@memae/metrics';
import type { InputColumn, InputSummary, Manifest } from '@memae/onnx';
import { inputMeasures } from './input-measures.ts';

/** Samples whose measures are kept. */
const room = 4096;
/** Values that a summary keeps of all columns together, and of one. */
const kept = { all: 16_384, least: 16, most: 256 };

/** What was measured of samples; of more than 4096, of a random sample of them. */
export interface CollectedInputs {
  /** How many samples came. */
  readonly samples: number;
  readonly columns: readonly (
    | { readonly name: string; readonly kind: 'number'; readonly values: Float32Array }
    | Extract<InputColumn, { kind: 'category' }>
  )[];
}

export interface InputCollector {
  add(samples: Samples): void;
  collected(): CollectedInputs;
}

/** Collects the measures of what goes into a model: of each sample, until there are 4096; then of ever fewer, drawn at random. */
export function collectInputs(
  taken: Pick<Manifest, 'preparation' | 'input'>,
  random: Random,
): InputCollector {
  const measures = inputMeasures(taken);
  const size = sizeOf(taken.input.dims.slice(1).map(Number));
  const values = measures.map(() => new Float32Array(room));
  let seen = 0;
  return {
    add: ({ data, shape }) => {
      if (measures.length === 0) return;
      for (let i = 0; i < (shape[0] ?? 0); i += 1, seen += 1) {
        const place = seen < room ? seen : random.integer(seen + 1);
        if (place >= room) continue;
        measures.forEach(({ read }, column) => {
          const list = values[column];
          if (list !== undefined) list[place] = read(data, i * size);
        });
      }
    },
    collected: () => ({
      samples: seen,
      columns: measures.flatMap((measure, i): CollectedInputs['columns'] => {
        const { name, kind } = measure;
        const found = values[i]?.subarray(0, seen).filter((value) => !Number.isNaN(value));
        if (found === undefined || found.length === 0) return [];
        if (kind === 'number') return [{ name, kind, values: found }];
        const counts = measure.categories.map(() => 0);
        for (const place of found) counts[place] = (counts[place] ?? 0) + 1;
        return [{ name, kind, counts }];
      }),
    }),
  };
}

/** What of it is kept with a model. */
function summaryOf({ samples, columns }: CollectedInputs): InputSummary | undefined {
  if (columns.length === 0) return undefined;
  const numbers = columns.filter(({ kind }) => kind === 'number').length;
  const share = Math.floor(kept.all / Math.max(1, numbers));
  const limit = Math.min(kept.most, Math.max(kept.least, share));
  return {
    samples,
    columns: columns.map((column) => {
      if (column.kind === 'category') return column;
      const { samples: all, values } = keepEvenly(column.values, limit);
      // In no more digits than tell a 32-bit number from its neighbours.
      return { ...column, samples: all, values: values.map((x) => Number(x.toPrecision(9))) };
    }),
  };
}

/** A data set whose samples are looked at as they go by. */
export function watched<D extends Dataset>(dataset: D, collector: InputCollector): D {
  return {
    ...dataset,
    batches: async function* (options: Parameters<D['batches']>[0]): AsyncGenerator<Batch> {
      for await (const batch of dataset.batches(options)) {
        collector.add(batch.samples);
        yield batch;
      }
    },
  };
}

/** The summary of a data set, by 4096 of its samples at most, drawn at random; of large ones, fewer. */
export async function summariseInputs(
  dataset: Dataset,
  { random, ...taken }: Pick<Manifest, 'preparation' | 'input'> & { readonly random: Random },
): Promise<InputSummary | undefined> {
  const collector = collectInputs(taken, random);
  const size = sizeOf(dataset.sampleShape);
  const enough = Math.min(room, Math.max(kept.most, Math.floor(2 ** 24 / size)));
  let seen = 0;
  for await (const { samples } of dataset.batches({
    size: Math.min(enough, 256),
    shuffle: random.fork('samples'),
  })) {
    collector.add(samples);
    seen += samples.shape[0] ?? 0;
    if (seen >= enough) break;
  }
  return summaryOf(collector.collected());
}
