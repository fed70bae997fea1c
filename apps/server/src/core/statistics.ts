// The statistics extension's figures, of each version of each model since the server started: an observer that counts.

import type { ModelId, Observer } from './observer.ts';
import { rowsOf } from './rows.ts';

interface DurationStatistic {
  readonly count: number;
  /** Nanoseconds in all. */
  readonly ns: number;
}

interface ComputeStatistics {
  readonly compute_input: DurationStatistic;
  readonly compute_infer: DurationStatistic;
  readonly compute_output: DurationStatistic;
}

/** As the extension names them, for every transport. */
export interface ModelStatistics extends ModelId {
  /** Milliseconds since 1970; 0 where there was none. */
  readonly last_inference: number;
  /** Samples. */
  readonly inference_count: number;
  /** Batches. */
  readonly execution_count: number;
  readonly inference_stats: ComputeStatistics & {
    readonly success: DurationStatistic;
    readonly fail: DurationStatistic;
    readonly queue: DurationStatistic;
    readonly cache_hit: DurationStatistic;
    readonly cache_miss: DurationStatistic;
  };
  readonly batch_stats: readonly (ComputeStatistics & { readonly batch_size: number })[];
}

export interface Statistics extends Observer {
  readonly of: (model: ModelId) => ModelStatistics;
}

interface Counts {
  last: number;
  samples: number;
  readonly success: Meter;
  readonly fail: Meter;
  readonly queue: Meter;
  /** By the size of the batch. */
  readonly batches: Map<number, Meter>;
}

/** @param options.now milliseconds since 1970 */
export function createStatistics({ now }: { readonly now: () => number }): Statistics {
  const counts = new Map<string, Counts>();
  const at = ({ name, version }: ModelId): Counts => {
    const key = `${name}/${version}`;
    const known = counts.get(key) ?? {
      last: 0,
      samples: 0,
      success: createMeter(),
      fail: createMeter(),
      queue: createMeter(),
      batches: new Map(),
    };
    counts.set(key, known);
    return known;
  };
  return {
    batch: (model, { samples, queued, computed, results }) => {
      const { queue, batches } = at(model);
      for (const wait of queued) queue.add(wait);
      if (results === undefined) return;
      const size = rowsOf(samples);
      const meter = batches.get(size) ?? createMeter();
      meter.add(computed);
      batches.set(size, meter);
    },
    request: (model, { samples, took, error }) => {
      const known = at(model);
      (error === undefined ? known.success : known.fail).add(took);
      if (error !== undefined) return;
      known.last = now();
      known.samples += samples;
    },
    of: ({ name, version }) => {
      const { last, samples, success, fail, queue, batches } = at({ name, version });
      const meters = [...batches].sort(([a], [b]) => a - b);
      const computed = meters.map(([, meter]) => meter.read());
      const total = {
        count: computed.reduce((sum, { count }) => sum + count, 0),
        ns: computed.reduce((sum, { ns }) => sum + ns, 0),
      };
      return {
        name,
        version,
        last_inference: last,
        inference_count: samples,
        execution_count: total.count,
        inference_stats: {
          success: success.read(),
          fail: fail.read(),
          queue: queue.read(),
          ...computeStatistics(total),
          cache_hit: none,
          cache_miss: none,
        },
        batch_stats: meters.map(([batch_size, meter]) => ({
          batch_size,
          ...computeStatistics(meter.read()),
        })),
      };
    },
  };
}

const none: DurationStatistic = { count: 0, ns: 0 };

/** Handing samples over and results back is part of the execution here, and not timed for itself. */
function computeStatistics(infer: DurationStatistic): ComputeStatistics {
  return { compute_input: none, compute_infer: infer, compute_output: none };
}

interface Meter {
  readonly add: (milliseconds: number) => void;
  readonly read: () => DurationStatistic;
}

function createMeter(): Meter {
  let [count, milliseconds] = [0, 0];
  return {
    add: (more) => {
      count += 1;
      milliseconds += more;
    },
    read: () => ({ count, ns: Math.round(milliseconds * 1e6) }),
  };
}
