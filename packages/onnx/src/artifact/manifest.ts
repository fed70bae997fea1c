// What is known about a trained model beside its graph, and the check that every field is as it should be.

import {
  type ColumnEncoding,
  type Dims,
  type DType,
  type RowSchema,
  featuresOf,
  rowFeatures,
} from '@memae/graph';
import * as v from 'valibot';

import { reasonOf } from '../error.ts';
import { rowColumn } from './row-column.ts';

/** The format this version writes, and the newest it reads. Format 1 had other thresholds, and no calibration. */
export const FORMAT = 2;

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The score above which a sample is flagged, and how it was chosen. */
export type Threshold =
  /** For a share of false alarms, by the scores of `samples` normal samples. */
  | {
      readonly rule: 'quantile' | 'conformal' | 'tail';
      readonly value: number;
      readonly falseAlarms: number;
      readonly samples: number;
    }
  /** Flags the highest `fraction` of `samples` scores. */
  | {
      readonly rule: 'fraction';
      readonly value: number;
      readonly fraction: number;
      readonly samples: number;
    }
  /** The highest F1 on `samples` labelled samples. */
  | { readonly rule: 'f1'; readonly value: number; readonly samples: number }
  /** Given by a person. */
  | { readonly rule: 'given'; readonly value: number };

/** Held-out scores, by which another threshold can be chosen; each list ascending, of 4096 at most. */
export interface Calibration {
  /** How many scores of normal samples there were. Of more than are kept, the highest half have no gap. */
  readonly samples: number;
  readonly normal: readonly number[];
  /** Scores of labelled samples, in the proportion of their kinds. */
  readonly labelled?: {
    /** The data they are of. */
    readonly data: string;
    readonly samples: number;
    readonly normal: readonly number[];
    readonly anomalous: readonly number[];
  };
}

/** What training saw of one column of a table, or of one measure of pictures. */
export type InputColumn =
  /** Numbers as the model takes them, ascending, evenly by rank among `samples`, the lowest and the highest with them. */
  | {
      readonly name: string;
      readonly kind: 'number';
      readonly samples: number;
      readonly values: readonly number[];
    }
  /** How often each category came; the last is any other. */
  | { readonly name: string; readonly kind: 'category'; readonly counts: readonly number[] };

/** What the inputs were like in training, that later ones can be held against; bounded, whatever the data. */
export interface InputSummary {
  readonly samples: number;
  readonly columns: readonly InputColumn[];
}

/** A model that training went on from. */
export interface Ancestor {
  readonly modelSha256: string;
  readonly data: Manifest['data'];
}

/** How a score becomes a number from 0 to 1, ½ at the center: sigmoid((score − center) / scale). */
export interface Normaliser {
  readonly kind: 'logistic';
  readonly center: number;
  /** Positive. */
  readonly scale: number;
}

interface PicturePreparation {
  readonly kind: 'pictures';
  /** Height and width; left out where pictures come in the model's own, or of any size to be cut. */
  readonly size?: readonly [height: number, width: number];
  /** How they come to it: stretched, cut about the middle, or with black bars. */
  readonly fit: 'resize' | 'crop' | 'pad';
  readonly tiling?: {
    /** Height and width of a tile. */
    readonly tile: number;
    /** Pixels that neighbours share, at least. */
    readonly overlap: number;
    /** A picture's score, by its tiles'. */
    readonly score: 'max' | 'mean';
  };
}

/** What is done to samples before the model takes them; pictures go in as their files hold them. */
export type Preparation =
  /**
   * Pictures, brought to a size where one is named, and cut into tiles where so: then threshold, normaliser and calibration
   * are of the scores of pictures, not of tiles.
   */
  | PicturePreparation
  /** Clips of a video, their frames so many apart; a clip of F frames stands for its frame F / 2, counted from 0. */
  | { readonly kind: 'clips'; readonly dilation: number }
  /** Rows of a table: the columns' numbers one after another. */
  | { readonly kind: 'rows'; readonly columns: readonly ColumnEncoding[] }
  /** Rows of a table that names its columns, which are found by their names. */
  | { readonly kind: 'table'; readonly columns: RowSchema }
  /**
   * Such rows in the order of `time`, those of one `group` after another, in windows of so many, so many rows apart: a
   * window's rows one after another. Threshold, normaliser and calibration are of the scores of rows, not of windows.
   */
  | {
      readonly kind: 'series';
      readonly columns: RowSchema;
      readonly window: number;
      readonly stride: number;
      readonly time?: string;
      readonly group?: string;
    };

export interface TensorSpec {
  readonly dtype: DType;
  /** Lengths of the axes; `batch` is known only when run. */
  readonly dims: Dims;
}

/** The contents of `manifest.json`. It names no file: what an artifact consists of is fixed. */
export interface Manifest {
  readonly format: typeof FORMAT;
  /** Version of the library that wrote it. */
  readonly library: string;
  /** The program and the engine that trained the model, for people to read. */
  readonly createdBy: string;
  /** Id of the method, for example `memae`. */
  readonly method: string;
  readonly options: { readonly [key: string]: Json };
  readonly seed: number;
  /** What it was trained on; `fingerprint` is the SHA-256 of the samples, or of their files. */
  readonly data: { readonly name: string; readonly fingerprint: string; readonly samples: number };
  /** The one input: raw samples. */
  readonly input: TensorSpec & { readonly name: string };
  /** Left out where samples go in as their files hold them. */
  readonly preparation?: Preparation;
  /** By name; `score` is always among them. */
  readonly outputs: { readonly [name: string]: TensorSpec };
  readonly threshold: Threshold | null;
  readonly normaliser: Normaliser | null;
  /** Left out where no scores were kept. */
  readonly calibration?: Calibration;
  /** Left out by earlier versions, and where nothing is known of the input's parts. */
  readonly inputs?: InputSummary;
  /** The models that training went on from, the first one first; left out where it began anew. */
  readonly ancestry?: readonly Ancestor[];
  /** SHA-256 of `model.onnx`, hexadecimal. */
  readonly modelSha256: string;
  /** Of `examples.json`; left out where none were kept. */
  readonly examplesSha256?: string;
}

/** Any name of data as a manifest takes it: on one line, and no path. */
export function plainName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ._-]/gu, '_').slice(0, 100) || 'data';
}

const text = v.pipe(
  v.string(),
  v.regex(/^[^\p{Cc}]{1,200}$/u, 'Expected 1 to 200 characters on one line'),
);
const name = v.pipe(
  text,
  v.regex(/^(?![/~]|[a-z]:|.*\\|(.*\/)?\.\.?(\/|$))/i, 'Expected a name, not a path'),
);
const id = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'Expected lower-case letters, digits and hyphens'),
);
const sha256 = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'Expected 64 hexadecimal digits of a SHA-256'),
);
const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** An object with any keys; valibot's own record lets lists pass and drops the key `__proto__`. */
const record = <Value>(key: v.GenericSchema<string>, value: v.GenericSchema<unknown, Value>) =>
  v.pipe(
    v.custom<Record<string, unknown>>(
      (x) =>
        typeof x === 'object' && x !== null && !Array.isArray(x) && !Object.hasOwn(x, '__proto__'),
      'Expected an object, without the key __proto__',
    ),
    v.record(key, value),
  );
const json: v.GenericSchema<unknown, Json> = v.lazy(() =>
  v.union([v.null(), v.boolean(), finite, v.string(), v.array(json), record(v.string(), json)]),
);
const tensor = {
  dtype: v.picklist(['float32', 'int32', 'uint8']),
  dims: v.pipe(v.array(v.union([count, v.literal('batch')])), v.maxLength(16)),
};

const column = v.variant('kind', [
  v.strictObject({
    name: v.string(),
    kind: v.literal('continuous'),
    shift: finite,
    scale: v.pipe(finite, v.notValue(0, 'Expected a scale other than 0')),
  }),
  v.strictObject({
    name: v.string(),
    kind: v.literal('categorical'),
    categories: v.array(v.string()),
  }),
]);
const pixels = v.pipe(count, v.minValue(1));
const preparation = v.variant('kind', [
  v.strictObject({
    kind: v.literal('pictures'),
    size: v.exactOptional(v.tuple([pixels, pixels])),
    fit: v.picklist(['resize', 'crop', 'pad']),
    tiling: v.exactOptional(
      v.pipe(
        v.strictObject({ tile: pixels, overlap: count, score: v.picklist(['max', 'mean']) }),
        v.check(({ tile, overlap }) => overlap < tile, 'Expected an overlap below the tile'),
      ),
    ),
  }),
  v.strictObject({
    kind: v.literal('clips'),
    dilation: v.pipe(count, v.minValue(1)),
  }),
  v.strictObject({ kind: v.literal('rows'), columns: v.array(column) }),
  v.strictObject({ kind: v.literal('table'), columns: v.array(rowColumn) }),
  v.strictObject({
    ...{ kind: v.literal('series'), columns: v.array(rowColumn) },
    window: v.pipe(count, v.minValue(2)),
    stride: v.pipe(count, v.minValue(1)),
    time: v.exactOptional(v.string()),
    group: v.exactOptional(v.string()),
  }),
]);

const value = finite;
const samples = count;
const forFalseAlarms = v.strictObject({
  rule: v.picklist(['quantile', 'conformal', 'tail']),
  ...{ value, falseAlarms: share, samples },
});
const f1 = v.strictObject({ rule: v.literal('f1'), value, samples });
const otherThresholds = [
  v.strictObject({ rule: v.literal('fraction'), value, fraction: share, samples }),
  v.strictObject({ rule: v.literal('given'), value }),
] as const;
const ascending = v.pipe(
  v.array(finite),
  v.minLength(1),
  v.maxLength(4096),
  v.check(
    (list) => list.every((each, i) => i === 0 || each >= (list[i - 1] ?? each)),
    'Expected ascending numbers',
  ),
);
const scores = ascending;
const calibration = v.pipe(
  v.strictObject({
    samples,
    normal: scores,
    labelled: v.exactOptional(
      v.strictObject({ data: name, samples, normal: scores, anomalous: scores }),
    ),
  }),
  v.check(
    ({ samples: all, normal }) => all >= normal.length,
    'Expected no more scores than samples',
  ),
);

const inputColumn = v.variant('kind', [
  v.pipe(
    v.strictObject({ name: v.string(), kind: v.literal('number'), samples, values: ascending }),
    v.check(
      ({ samples: all, values }) => all >= values.length,
      'Expected no more values than samples',
    ),
  ),
  v.strictObject({
    ...{ name: v.string(), kind: v.literal('category') },
    counts: v.pipe(v.array(count), v.minLength(1), v.maxLength(4097)),
  }),
]);
const data = v.strictObject({ name, fingerprint: sha256, samples: count });

const fields = v.strictObject({
  format: v.literal(FORMAT),
  library: text,
  createdBy: text,
  method: id,
  options: record(v.string(), json),
  seed: count,
  data,
  input: v.strictObject({ name, ...tensor }),
  preparation: v.exactOptional(preparation),
  outputs: v.pipe(
    record(name, v.strictObject(tensor)),
    v.check((outputs) => Object.hasOwn(outputs, 'score'), 'Expected an output named score'),
  ),
  threshold: v.nullable(v.variant('rule', [...otherThresholds, forFalseAlarms, f1])),
  normaliser: v.nullable(
    v.strictObject({
      kind: v.literal('logistic'),
      center: finite,
      scale: v.pipe(finite, v.gtValue(0, 'Expected a scale above 0')),
    }),
  ),
  calibration: v.exactOptional(calibration),
  inputs: v.exactOptional(v.strictObject({ samples: count, columns: v.array(inputColumn) })),
  ancestry: v.exactOptional(v.array(v.strictObject({ modelSha256: sha256, data }))),
  modelSha256: sha256,
  examplesSha256: v.exactOptional(sha256),
});

/** Format 1 as format 2: the same thresholds by their newer names. */
const firstFields = v.pipe(
  v.strictObject({
    ...v.omit(fields, ['calibration', 'inputs', 'ancestry', 'examplesSha256']).entries,
    format: v.literal(1),
    threshold: v.nullable(
      v.variant('rule', [
        ...otherThresholds,
        v.pipe(
          v.strictObject({ rule: v.literal('normal-quantile'), value, quantile: share, samples }),
          v.transform(({ quantile, ...rest }) => ({
            ...rest,
            rule: 'quantile' as const,
            falseAlarms: 1 - quantile,
          })),
        ),
        v.pipe(
          v.strictObject({ rule: v.literal('labels'), value, samples }),
          v.transform((threshold) => ({ ...threshold, rule: 'f1' as const })),
        ),
      ]),
    ),
  }),
  v.transform((manifest): v.InferOutput<typeof fields> => ({ ...manifest, format: FORMAT })),
);

const schema: v.GenericSchema<unknown, Manifest> = v.pipe(
  v.variant('format', [fields, firstFields]),
  v.check(givesTheInput, 'Expected a preparation that gives what the input takes'),
);

/** Pictures are [batch, channels, height, width], clips [batch, channels, frames, height, width], rows and windows of rows [batch, numbers]. */
function givesTheInput({ preparation, input: { dims } }: v.InferOutput<typeof fields>): boolean {
  if (preparation === undefined) return true;
  if (preparation.kind === 'clips') return dims.length === 5;
  if (preparation.kind === 'pictures') {
    const { tiling, size } = preparation;
    const space = tiling === undefined ? size : [tiling.tile, tiling.tile];
    return dims.length === 4 && (space?.every((side, i) => side === dims[2 + i]) ?? true);
  }
  const features =
    preparation.kind === 'rows'
      ? featuresOf(preparation.columns)
      : rowFeatures(preparation.columns);
  const rows = preparation.kind === 'series' ? preparation.window : 1;
  return dims.length === 2 && dims[1] === rows * features.length;
}

/** The manifest, or where it is wrong first: `data.samples: Invalid type: Expected number …`. */
export function checkManifest(
  value: unknown,
): { readonly manifest: Manifest } | { readonly wrong: string } {
  let result;
  try {
    result = v.safeParse(schema, value, { abortEarly: true });
  } catch (error) {
    // The one way a schema can throw: options nested so deeply that the stack runs out.
    return { wrong: `options: nested too deeply (${reasonOf(error)})` };
  }
  if (result.success) return { manifest: result.output };
  const [issue] = result.issues;
  return { wrong: `${v.getDotPath(issue) ?? 'manifest'}: ${issue.message}` };
}
