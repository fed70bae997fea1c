// What the server tells of its models. The server's own routes are held to these types.

import type { Bin, Calibration } from '@memae/metrics';

/** What a model's samples are made of. */
export type Intake = 'pictures' | 'frames' | 'rows' | 'series' | 'numbers';

export interface ModelSummary {
  readonly name: string;
  readonly versions: readonly string[];
  readonly ready: boolean;
  /** Why it is not ready; empty where it is. */
  readonly reason: string;
  /** `null` where it is not ready. */
  readonly intake: Intake | null;
  readonly method: string | null;
}

/** A sample that the artifact keeps: pictures are fetched by their places. */
export interface ExampleSummary {
  readonly key: string;
  readonly pictures: number;
  readonly values: readonly (readonly [column: string, value: string | number | null])[] | null;
}

interface ItemSummary {
  /** Its place in the memory, from 0. */
  readonly item: number;
  /** Its mean weight over the training samples. */
  readonly use: number;
  readonly decoded: ExampleSummary | null;
  /** Places among the training samples, the one that reads it the most first. */
  readonly nearest: readonly number[];
}

export interface ScoreBin extends Bin {
  /** Of labelled scores, how many of anomalies. */
  readonly anomalous: number;
}

export interface ModelDescription {
  readonly name: string;
  readonly version: string;
  readonly versions: readonly string[];
  readonly method: string;
  readonly intake: Intake;
  readonly trainedOn: { readonly name: string; readonly samples: number };
  readonly input: {
    readonly name: string;
    readonly dtype: string;
    readonly dims: readonly (number | 'batch')[];
  };
  /** Height and width of the tiles that pictures are cut into; `null` where they are taken whole. */
  readonly tile: number | null;
  readonly outputs: readonly string[];
  /** Of rows, in their order. */
  readonly columns: readonly { readonly name: string; readonly kind: string }[];
  /** How the threshold was chosen, in words, as `quantile, 5 % false alarms`. */
  readonly threshold: { readonly value: number; readonly rule: string } | null;
  /** Of the normalised score: sigmoid((score − threshold) / scale). */
  readonly scale: number | null;
  readonly calibration: Calibration | null;
  readonly histogram: readonly ScoreBin[];
  readonly examples: {
    readonly samples: readonly ExampleSummary[];
    readonly training: readonly ExampleSummary[];
    readonly items: readonly ItemSummary[];
  };
}

/** Which list of examples a picture is of. */
export type ExampleKind = 'samples' | 'training' | 'items';
