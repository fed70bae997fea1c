// The paper's experiments as data: what runs, on what, for how long, and what it stands beside.

import type { Modality } from '@memae/datasets';
import type { RawOptions } from '@memae/training';
import { experimentError } from '../error.ts';
import {
  type PublishedTable,
  publishedAblation,
  publishedImages,
  publishedIntrusion,
  publishedMemorySize,
  publishedVideos,
} from '../paper/published.ts';
import type { Reading } from '../trials/trial.ts';

/** How much is run: what the paper ran, or what two cores do in minutes. */
export interface Effort {
  /** The cases: protocols by name, or the first so many; all, unless said. */
  readonly cases?: readonly string[] | number;
  readonly seeds: number;
  /** Options given to each method that has them. */
  readonly options: RawOptions;
  readonly reading: Reading;
  /** Memory sizes, where they are what is studied. */
  readonly slots?: readonly number[];
}

export type BudgetName = 'quick' | 'full';

export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** What is asked, and how it is measured, in a sentence or two. */
  readonly about: string;
  readonly modalities: readonly Modality[];
  /** Data sets by name, the default first. */
  readonly data: readonly string[];
  /** The baseline first, the method under study last. */
  readonly methods: readonly string[];
  readonly published: PublishedTable;
  /** Whether it studies the size of the memory: a trial a size. */
  readonly studiesSlots?: true;
  effort(budget: BudgetName, data: string): Effort;
}

const videoData = ['ucsd-ped2', 'avenue', 'shanghai-tech', 'moving-shapes'];

export const experiments: readonly Experiment[] = [
  {
    id: 'table1',
    title: 'Table 1: images, one class normal',
    about:
      'Each class in turn is normal; a method learns it from two thirds of its samples, and is asked which of ' +
      'the others, and of anomalies that make 30 % of the test, are not of it.',
    modalities: ['image'],
    data: ['mnist', 'cifar10', 'strokes'],
    methods: ['ae', 'vae', 'memae-nonspar', 'memae'],
    published: publishedImages,
    effort: imageEffort,
  },
  {
    id: 'table2',
    title: 'Table 2: videos',
    about:
      'A method learns clips of 16 frames from videos of normal scenes; a frame’s score is the error of the clip ' +
      'around it. Figures are of whole test videos, frame by frame.',
    modalities: ['video'],
    data: videoData,
    methods: ['ae', 'memae-nonspar', 'memae'],
    published: publishedVideos,
    effort: videoEffort,
  },
  {
    id: 'table3',
    title: 'Table 3: network intrusion',
    about:
      'Rows of a table: of KDDCUP99 (10 %) the samples labelled attack, the majority, are normal. Precision, recall and ' +
      'F1 with the anomaly as the positive class.',
    modalities: ['tabular'],
    data: ['kddcup99', 'flows'],
    methods: ['ae', 'memae-nonspar', 'memae'],
    published: publishedIntrusion,
    effort: (budget) => ({
      cases: ['A'],
      seeds: budget === 'full' ? 20 : 3,
      // Left to run, every method learns to reconstruct the anomalies, too: training ends when most of the normal
      // samples are learned, and what error is left is in few of them.
      options: { 'training.epochs': 60, 'training.untilQuantile': 0.95 },
      reading: {},
    }),
  },
  {
    id: 'table4',
    title: 'Table 4: ablation',
    about: 'What each part of MemAE adds, on videos, as in Table 2.',
    modalities: ['video'],
    data: videoData,
    methods: [
      'ae',
      'ae-l1',
      'memae-nonspar',
      'memae-without-shrinkage',
      'memae-without-entropy',
      'memae',
    ],
    published: publishedAblation,
    effort: videoEffort,
  },
  {
    id: 'figure7',
    title: 'Figure 7: the size of the memory',
    about: 'AUROC against N, the number of memory items, all else being equal.',
    modalities: ['video', 'image'],
    data: [...videoData, 'mnist', 'cifar10', 'strokes'],
    methods: ['memae'],
    published: publishedMemorySize,
    studiesSlots: true,
    effort: (budget, data) =>
      videoData.includes(data)
        ? {
            ...videoEffort(budget, data),
            slots: budget === 'full' ? [250, 500, 1000, 2000, 3000] : [100, 500, 2000],
          }
        : {
            ...imageEffort(budget, data),
            slots: budget === 'full' ? [10, 25, 50, 100, 200, 400] : [10, 50, 200],
            ...(budget === 'quick' && { cases: 3 }),
          },
  },
];

/** @throws `EXPERIMENT_UNKNOWN` naming the ones there are. */
export function findExperiment(id: string): Experiment {
  const found = experiments.find((experiment) => experiment.id === id);
  if (found !== undefined) return found;
  throw experimentError(
    'EXPERIMENT_UNKNOWN',
    `There is no ${id} to reproduce. Known: ${experiments.map((known) => known.id).join(', ')}.`,
  );
}

function imageEffort(budget: BudgetName, data: string): Effort {
  if (budget === 'full') return { seeds: 3, options: { 'training.epochs': 20 }, reading: {} };
  return data === 'cifar10'
    ? { cases: 3, seeds: 1, options: { 'training.epochs': 4 }, reading: {} }
    : { seeds: 1, options: { 'training.epochs': 5 }, reading: {} };
}

function videoEffort(budget: BudgetName, data: string): Effort {
  const drawn = data === 'moving-shapes';
  return budget === 'full'
    ? {
        seeds: 1,
        options: { 'training.epochs': 100 },
        reading: { size: drawn ? [32, 32] : [256, 256], stride: 1 },
      }
    : {
        seeds: 1,
        // So few steps get nowhere at the paper's rate of 1e-4.
        options: { 'training.epochs': drawn ? 12 : 5, 'training.rate': 1e-3 },
        reading: { size: [32, 32], stride: 8, ...(!drawn && { testStride: 2 }) },
      };
}
