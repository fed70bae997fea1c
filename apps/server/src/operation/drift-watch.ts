// Whether what comes is still like what the model was trained on: from time to time, of what came since the last time.
// Requests only leave their numbers in a bounded room; the comparison runs between them.

import { createRandom } from '@memae/graph';
import type { Manifest } from '@memae/onnx';
import { type Drift, type InputCollector, collectInputs, driftOf } from '@memae/scoring';
import { rowsOf } from '../core/rows.ts';
import type { ObservedModel, Observer } from '../core/observer.ts';

/** Of fewer samples nothing is said. */
const least = 50;
/** Samples of a period, and numbers of them all: what is compared takes milliseconds. */
const most = { samples: 4096, numbers: 2 ** 18 };

interface Period {
  readonly model: ObservedModel;
  readonly inputs: InputCollector;
  /** Samples and scores that may yet be kept. */
  room: number;
  readonly scores: number[];
}

export interface DriftWatch extends Observer {
  /** Compares what came since the last time, and tells of each model of which enough did. */
  readonly look: () => void;
}

export function watchDrift(
  tell: (model: ObservedModel, drift: Drift) => void,
  onError: (error: unknown) => void,
): DriftWatch {
  const periods = new Map<string, Period>();

  const periodOf = (model: ObservedModel): Period => {
    const key = `${model.name}/${model.version}`;
    const known = periods.get(key);
    if (known?.model.manifest === model.manifest) return known;
    const columns = model.manifest.inputs?.columns.length ?? 0;
    const period = {
      model,
      inputs: collectInputs(model.manifest, createRandom(1)),
      room: Math.min(most.samples, Math.floor(most.numbers / Math.max(1, columns))),
      scores: [],
    };
    periods.set(key, period);
    return period;
  };

  return {
    scored: (model, { samples, scores }) => {
      if (!isComparable(model.manifest)) return;
      const period = periodOf(model);
      if (period.room <= 0) return;
      period.room -= rowsOf(samples);
      if (model.manifest.inputs !== undefined)
        for (const each of samples) if (each.dtype !== 'int32') period.inputs.add(each);
      for (const score of scores) if (Number.isFinite(score)) period.scores.push(score);
    },
    look: () => {
      for (const [key, { model, inputs, scores }] of periods) {
        if (scores.length < least) continue;
        periods.delete(key);
        try {
          tell(model, driftOf(model.manifest, { scores, inputs: inputs.collected() }));
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}

/** How far the inputs' column that moved most has moved, from 0 to 1. */
export function inputsMoved({ columns = [] }: Drift): number {
  return columns.reduce((moved, column) => Math.max(moved, column.moved), 0);
}

/** Whether there is anything to compare with. */
function isComparable({ calibration, inputs }: Manifest): boolean {
  return calibration !== undefined || inputs !== undefined;
}
