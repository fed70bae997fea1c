// What trials left to be looked at: for each case, what each method made of the same samples.

import { join } from 'node:path';
import type { ScoredDataset } from '@memae/training';
import { type TrialPictures, readPictures } from '../trials/pictures.ts';
import type { TrialRow } from '../trials/rows.ts';
import { readScores } from '../trials/scores.ts';
import { casesOf, placeOf, slotsOf, trialLabel } from './method-findings.ts';

/** One trial's pictures. */
interface Exhibit {
  readonly method: string;
  readonly label: string;
  readonly pictures: TrialPictures;
  /** A score a test sample, where there were not too many to keep. */
  readonly scores?: ScoredDataset;
}

/** The exhibits of one case and seed; all show the same samples. */
export interface CaseGallery {
  readonly case: string;
  readonly seed: number;
  readonly exhibits: readonly Exhibit[];
}

/** For each case the seed for which the most methods left pictures. */
export async function readGallery(
  folder: string,
  { rows, order }: { readonly rows: readonly TrialRow[]; readonly order: readonly string[] },
): Promise<CaseGallery[]> {
  const found = new Map<string, CaseGallery>();
  const ordered = [...rows].sort(
    (a, b) =>
      a.trial.seed - b.trial.seed ||
      placeOf(a.trial.method, order) - placeOf(b.trial.method, order) ||
      (slotsOf(a.trial.options) ?? 0) - (slotsOf(b.trial.options) ?? 0),
  );
  for (const { id, trial } of ordered) {
    const pictures = await readPictures(join(folder, id));
    if (pictures === undefined) continue;
    const scores = await readScores(join(folder, id));
    const name = `${trial.case} ${trial.seed}`;
    const before = found.get(name) ?? { case: trial.case, seed: trial.seed, exhibits: [] };
    const exhibit = {
      method: trial.method,
      label: trialLabel(trial),
      pictures,
      ...(scores && { scores }),
    };
    found.set(name, { ...before, exhibits: [...before.exhibits, exhibit] });
  }
  return casesOf(rows).flatMap((of) => {
    const mine = [...found.values()].filter((gallery) => gallery.case === of);
    const most = Math.max(...mine.map(({ exhibits }) => exhibits.length));
    return mine.find(({ exhibits }) => exhibits.length === most) ?? [];
  });
}
