// The figures of merit of each kind of data, and how they are told.

import type { Modality } from '@memae/datasets';
import {
  type Confusion,
  averagePrecision,
  confusionAt,
  equalErrorRate,
  f1Max,
  frameAuroc,
  joinVideos,
  normaliseVideos,
  rocAuc,
  summarize,
  thresholdForFraction,
} from '@memae/metrics';
import type { ScoredDataset } from '@memae/training';
import { videosOf } from './videos.ts';

/** A column of a table. */
export interface Measure {
  /** The name of the figure in a trial's row. */
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Whether less is better. */
  readonly lower?: true;
}

/** The figure by which each kind of data is judged first: in a sentence, for each case, against the memory's size. */
const mainMeasures: Readonly<Record<Modality, string>> = {
  image: 'auroc',
  tabular: 'f1AtRatio',
  video: 'microNormalised',
};

const auroc: Measure = {
  id: 'auroc',
  title: 'AUROC',
  about: 'how often an anomaly scores above a normal sample; 0.5 is chance',
};
const aupr: Measure = {
  id: 'aupr',
  title: 'AUPR',
  about: 'precision, averaged over all degrees of recall; chance is the share of anomalies',
};

const pixelMeasures: readonly Measure[] = [
  {
    id: 'pixelAuroc',
    title: 'pixel AUROC',
    about: 'how often an anomalous pixel errs more than a normal one, where masks are at hand',
  },
  { id: 'pro', title: 'PRO', about: 'share of each anomalous region found, up to 30 % false' },
];

const ownMeasures: Readonly<Record<Modality, readonly Measure[]>> = {
  image: [
    auroc,
    aupr,
    { id: 'f1Max', title: 'F1 max', about: 'at the threshold that flatters most' },
    ...pixelMeasures,
  ],
  tabular: [
    ...decisionMeasures('AtRatio', 'true ratio', 'flagging as many rows as are anomalous'),
    ...decisionMeasures('AtTop20', 'top 20 %', 'flagging a fifth of the rows'),
    auroc,
    aupr,
  ],
  video: [
    {
      id: 'microNormalised',
      title: 'AUROC, micro, normalised',
      about:
        'over all frames of all videos, the scores of each video first scaled to 0 … 1; it needs whole videos',
    },
    {
      id: 'micro',
      title: 'micro, raw',
      about: 'over all frames of all videos, scores as they are: what a stream gives',
    },
    {
      id: 'macro',
      title: 'macro',
      about: 'the mean over videos of each one’s own AUROC',
    },
    {
      id: 'eer',
      title: 'EER',
      about:
        'where false alarms and misses are equally frequent, of normalised scores; less is better',
      lower: true,
    },
    ...pixelMeasures,
  ],
};

/** What the memory alone would score by: the AUROC, of videos that of their normalised frames. */
const memoryMeasures: readonly (Measure & { readonly outputs: readonly string[] })[] = [
  {
    id: 'byDistance',
    title: 'AUROC by distance',
    about: 'were the distance to the nearest memory item the score',
    outputs: ['memoryDistance'],
  },
  {
    id: 'byEntropy',
    title: 'AUROC by entropy',
    about: 'were the entropy of the addressing weights the score',
    outputs: ['addressingEntropy'],
  },
  {
    id: 'bySum',
    title: 'AUROC by sum',
    about:
      'were the error, that distance and that entropy, each standardised by held-out normal samples, the score together',
    outputs: ['reconstructionError', 'memoryDistance', 'addressingEntropy'],
  },
];

function decisionMeasures(suffix: string, at: string, about: string): Measure[] {
  return [
    { id: `precision${suffix}`, title: `precision, ${at}`, about },
    { id: `recall${suffix}`, title: `recall, ${at}`, about },
    { id: `f1${suffix}`, title: `F1, ${at}`, about },
  ];
}

/** What trials on a kind of data report. */
export function measuresOf(modality: Modality): readonly Measure[] {
  return [...ownMeasures[modality], ...memoryMeasures];
}

/** Whether it is what the memory alone would score by. */
export function isOfMemory({ id }: Measure): boolean {
  return memoryMeasures.some((measure) => measure.id === id);
}

/** The measure by which a kind of data is judged first. */
export function mainMeasureOf(modality: Modality): Measure {
  const found = ownMeasures[modality].find(({ id }) => id === mainMeasures[modality]);
  if (found === undefined) throw new RangeError(`No measure is the main one of ${modality} data.`);
  return found;
}

/** The AUROC of what a memory gives beside the score, where there is a memory. */
export function measureMemoryScores(
  modality: Modality,
  {
    columns,
    normal,
    ...test
  }: Pick<ScoredDataset, 'labels' | 'keys'> & {
    /** A number a test sample, by the name of the program's output. */
    readonly columns: Columns;
    /** The same of normal samples that are not of the test; sums are left out where it is not there. */
    readonly normal?: Columns;
  },
): Readonly<Record<string, number>> {
  const area = modality === 'video' ? 'microNormalised' : 'auroc';
  return Object.fromEntries(
    memoryMeasures.flatMap(({ id, outputs: [first = '', ...others] }) => {
      const scores =
        others.length === 0
          ? columns.get(first)
          : standardisedSum([first, ...others], { columns, normal });
      const figure = scores && measureScores(modality, { ...test, scores })[area];
      return figure === undefined ? [] : [[id, figure] as const];
    }),
  );
}

/** Numbers of samples by the name of a program's output. */
export type Columns = ReadonlyMap<string, Float32Array>;

/** Σ (column − mean) / deviation, mean and deviation being those of normal samples; nothing where one is missing. */
function standardisedSum(
  names: readonly string[],
  { columns, normal }: { readonly columns: Columns; readonly normal: Columns | undefined },
): Float32Array | undefined {
  const parts = names.flatMap((name) => {
    const [column, held] = [columns.get(name), normal?.get(name)];
    if (column === undefined || held === undefined || held.length === 0) return [];
    const { mean, deviation } = summarize(Array.from(held));
    // A part that is the same for all normal samples has no unit to measure with.
    return [column.map((value) => (value - mean) / (deviation || 1))];
  });
  return parts.length === names.length
    ? parts.reduce((total, part) => total.map((value, i) => value + (part[i] ?? 0)))
    : undefined;
}

/** Measures the scores of a whole test set. */
export function measureScores(
  modality: Modality,
  scored: ScoredDataset,
): Readonly<Record<string, number>> {
  switch (modality) {
    case 'image':
      return imageFigures(scored);
    case 'tabular':
      return tableFigures(scored);
    case 'video':
      return videoFigures(scored);
  }
}

function imageFigures({ scores, labels }: ScoredDataset): Record<string, number> {
  return {
    auroc: rocAuc(scores, labels),
    aupr: averagePrecision(scores, labels),
    f1Max: f1Max(scores, labels).value,
  };
}

function tableFigures({ scores, labels }: ScoredDataset): Record<string, number> {
  const anomalies = labels.reduce((count, label) => count + label, 0);
  const at = (fraction: number): Confusion =>
    confusionAt(thresholdForFraction(scores, fraction), scores, labels);
  return {
    ...decisionFigures('AtRatio', at(anomalies / labels.length)),
    ...decisionFigures('AtTop20', at(0.2)),
    auroc: rocAuc(scores, labels),
    aupr: averagePrecision(scores, labels),
  };
}

function decisionFigures(suffix: string, { precision, recall, f1 }: Confusion) {
  return {
    [`precision${suffix}`]: precision,
    [`recall${suffix}`]: recall,
    [`f1${suffix}`]: f1,
  };
}

function videoFigures(scored: ScoredDataset): Record<string, number> {
  const videos = videosOf(scored);
  const { micro, microNormalised, macro } = frameAuroc(videos);
  const normalised = joinVideos(normaliseVideos(videos));
  return {
    microNormalised,
    micro,
    macro,
    eer: equalErrorRate(normalised.scores, normalised.labels).value,
  };
}
