// How well each kind of anomaly is told from what is normal, where the data say of which kind each sample is.

import type { ImageTestSet, LabelledDataset } from '@memae/datasets';
import { rocAuc } from '@memae/metrics';
import type { ScoredDataset } from '@memae/training';

export interface KindFigure {
  readonly samples: number;
  /** Of this kind against all normal samples. */
  readonly auroc: number;
}

/** By the name of the kind, sorted; nothing where there are no kinds, or but one. */
export function figuresByKind(
  dataset: LabelledDataset,
  { keys, scores, labels }: ScoredDataset,
): Readonly<Record<string, KindFigure>> {
  if (!('kindOf' in dataset)) return {};
  const { kindOf } = dataset as ImageTestSet;
  const all = keys.map((key, i) => ({
    of: kindOf(key),
    score: scores[i] ?? NaN,
    label: labels[i],
  }));
  const normal = all.filter(({ label }) => label === 0);
  const kinds = [...new Set(all.flatMap(({ of, label }) => (label === 1 ? [of] : [])))].sort();
  if (kinds.length < 2 || normal.length === 0) return {};
  return Object.fromEntries(
    kinds.map((kind) => {
      const anomalous = all.filter(({ of, label }) => label === 1 && of === kind);
      const both = [...normal, ...anomalous];
      const auroc = rocAuc(
        both.map(({ score }) => score),
        both.map(({ label = 0 }) => label),
      );
      return [kind, { samples: anomalous.length, auroc }];
    }),
  );
}
