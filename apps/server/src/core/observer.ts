// What can be known of a model at work, as it happens: statistics are made of it, and whatever else is to be measured.

import type { AnyNdArray } from '@memae/graph';
import type { Manifest } from '@memae/onnx';

export interface ModelId {
  readonly name: string;
  readonly version: string;
}

/** A model as it is now: loaded again, it has another manifest. */
export interface ObservedModel extends ModelId {
  readonly manifest: Manifest;
}

/** One execution of the model. Times in milliseconds. */
export interface BatchReport {
  /** Those of each request. */
  readonly samples: readonly AnyNdArray[];
  /** How long each request of the batch waited. */
  readonly queued: readonly number[];
  readonly computed: number;
  /** The outputs by name; missing when the execution failed. */
  readonly results?: Readonly<Record<string, AnyNdArray>>;
}

/** One request, from its arrival at the model to its end. */
export interface RequestReport {
  readonly samples: number;
  /** Milliseconds. */
  readonly took: number;
  /** Milliseconds that it waited for an instance, and that its batch then took; missing when it came to none. */
  readonly queued?: number;
  readonly computed?: number;
  /** Why it failed. */
  readonly error?: unknown;
}

/** Scores as they are told: those of whole pictures and of steps, where the model itself takes tiles or windows. */
export interface ScoredReport {
  readonly scores: AnyNdArray['data'];
  /** What the model took for them. */
  readonly samples: readonly AnyNdArray[];
}

export interface Observer {
  readonly batch?: (model: ObservedModel, report: BatchReport) => void;
  readonly request?: (model: ObservedModel, report: RequestReport) => void;
  readonly scored?: (model: ObservedModel, report: ScoredReport) => void;
}
