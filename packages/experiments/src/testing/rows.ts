// For tests: finished trials that nobody ran.

import type { TrialRow } from '../trials/rows.ts';
import { type Trial, trialId } from '../trials/trial.ts';

type Given = Partial<Omit<Trial, 'budget'>> & {
  readonly epochs?: number;
  readonly auroc?: number;
  readonly seconds?: number;
};

/** A row of Table 1 on drawn digits. */
export function rowOf({ epochs = 2, auroc = 0.5, seconds = 10, ...given }: Given = {}): TrialRow {
  const trial: Trial = {
    ...{ data: 'strokes', case: '2', method: 'memae', options: {}, seed: 1 },
    ...given,
    budget: { options: { 'training.epochs': epochs }, reading: {} },
  };
  return {
    format: 1,
    id: trialId(trial),
    trial,
    options: { 'training.epochs': epochs, ...trial.options },
    data: {
      name: trial.data,
      protocol: `${trial.case} is normal`,
      modality: 'image',
      cases: 10,
      sampleShape: [1, 28, 28],
      ...{ train: 60, validation: 6, test: 43, anomalies: 13 },
    },
    figures: { auroc, aupr: 0.25 },
    seconds: { training: seconds - 1, scoring: 1 },
    history: { epochs, first: { loss: 3 }, last: { loss: 2, itemsInUse: 40, nonZeroWeights: 9 } },
    warnings: [],
    engine: 'plain loops',
    hardware: 'abacus',
    versions: { memae: '0.0.0' },
    command: 'memae reproduce table1',
  };
}
