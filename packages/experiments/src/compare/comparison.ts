// What comparing methods comes to: plain data, all that a report shows and an artifact needs.

import type { Samples } from '@memae/datasets';
import type { NdArray } from '@memae/graph';
import type { Confusion, RocPoint } from '@memae/metrics';
import type { Calibration, Manifest, Normaliser, Threshold } from '@memae/onnx';
import type { EpochReport, RawOptions, StepReport } from '@memae/training';

/** Methods trained on the same samples with the same budget and seed, and tested on the same samples. */
export interface Comparison {
  readonly data: DataFacts;
  readonly seed: number;
  /** What computed: the device and the version. */
  readonly engine: string;
  /** Options that all methods were given alike. */
  readonly budget: RawOptions;
  readonly seconds: number;
  readonly test: TestFacts;
  /** The baseline first, the method under study last. */
  readonly methods: readonly MethodOutcome[];
  readonly examples: readonly Example[];
}

/** Samples by the one-class protocol. */
export interface DataFacts {
  readonly name: string;
  /** The names of all classes; `normal` is the one that was learned. */
  readonly classes: readonly string[];
  readonly normal: string;
  /** SHA-256 of the training samples. */
  readonly fingerprint: string;
  /** [channels, height, width]. */
  readonly sampleShape: readonly number[];
  /** How many samples each part has; the test set's `anomalies` are among its `test`. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly anomalies: number;
}

/** The test set without its pictures, an entry a sample. */
export interface TestFacts {
  readonly keys: readonly string[];
  /** 1 = anomalous. */
  readonly labels: Uint8Array;
  /** The class each sample is of. */
  readonly classes: readonly string[];
}

/** One method, trained, tested and exported. */
export interface MethodOutcome {
  readonly id: string;
  /** A short name, for the columns of tables. */
  readonly label: string;
  readonly title: string;
  readonly citation: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Training, an entry an epoch. */
  readonly history: readonly EpochReport[];
  /** How long training took. */
  readonly seconds: number;
  /** One score a test sample, higher = more anomalous. */
  readonly scores: Float32Array;
  readonly auroc: number;
  readonly aupr: number;
  readonly f1Max: number;
  readonly roc: readonly RocPoint[];
  /** From the scores of validation samples, which are all normal. */
  readonly threshold: Threshold;
  /** How the exported model makes a score that people can read. */
  readonly normaliser: Normaliser;
  /** The validation scores, by which another threshold can be chosen. */
  readonly calibration: Calibration;
  /** What that threshold does on the test set. */
  readonly confusion: Confusion;
  readonly exported: ExportedModel;
  readonly memory?: MemoryPictures;
}

/** The model as it is handed on, and how far its scores are from the trainer's. */
export interface ExportedModel extends Pick<Manifest, 'input' | 'outputs'> {
  /** The bytes of an ONNX model. */
  readonly model: Uint8Array;
  /** The largest |exported − trained| / |trained| over the test set. */
  readonly largestDifference: number;
}

/** What each memory item looks like, and how much it is read. */
export interface MemoryPictures {
  /** Items decoded one by one [N, channels, height, width]. */
  readonly items: NdArray;
  /** Mean addressing weight of each item over the normal test samples [N]. */
  readonly use: Float32Array;
}

/** A test sample with what each method makes of it. */
export interface Example {
  readonly key: string;
  /** 1 = anomalous. */
  readonly label: number;
  readonly class: string;
  /** The method that errs most on it, or `null` for one drawn at random. */
  readonly hardestFor: string | null;
  /** [channels, height, width], as the data set has it. */
  readonly sample: Samples;
  /** One for each method, in their order. */
  readonly views: readonly View[];
}

/** What the exported model of a method gives for one sample, as far as the method has it. */
export interface View {
  readonly score: number;
  /** Whether the score is above the method's threshold. */
  readonly flagged: boolean;
  /** [channels, height, width], scaled as the model scales its samples: 0 … 1. */
  readonly reconstruction?: NdArray;
  /** The squared error of each element, in the same shape. */
  readonly errorMap?: NdArray;
  /** The memory items read most, the highest weight first, where the whole encoding asks as one. */
  readonly reading?: readonly { readonly item: number; readonly weight: number }[];
}

/** What is told while a comparison runs; `method` is an id. */
export type ComparisonProgress =
  | { readonly kind: 'data'; readonly data: DataFacts }
  | { readonly kind: 'step'; readonly method: string; readonly report: StepReport }
  | { readonly kind: 'epoch'; readonly method: string; readonly report: EpochReport }
  | { readonly kind: 'warning'; readonly method: string; readonly message: string }
  | { readonly kind: 'method'; readonly method: string; readonly outcome: MethodOutcome };
