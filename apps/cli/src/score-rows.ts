// Scores as rows of a file: how they are told and counted, and which need not be computed again.

import type { Dataset } from '@memae/datasets';
import type { Judged } from '@memae/scoring';
import { csvLine, shortest } from './csv.ts';

export interface Tally {
  samples: number;
  flagged: number;
  judged: boolean;
}

/** Counts rows, of which the first `kept` were counted before. */
export function count(tally: Tally, rows: readonly Row[], kept: number): void {
  tally.samples += rows.length;
  tally.judged ||= rows.some(({ label }) => label !== null);
  rows.forEach(({ label }, i) => {
    if (i >= kept) tally.flagged += label ?? 0;
  });
}

/** Whether a line of a file with this header tells of an anomaly: the key alone may hold commas. */
export function flagged(header: string): (line: string) => boolean {
  const names = header.trimEnd().split(',');
  const fromEnd = names.indexOf('label') - names.length;
  return (line) => line.trimEnd().split(',').at(fromEnd) === '1';
}

/** The same samples without the batches that lie before the last of the first so many. */
export function passOver(
  dataset: Dataset,
  { samples, onPassed }: { readonly samples: number; readonly onPassed: (samples: number) => void },
): Dataset {
  return {
    ...dataset,
    batches: async function* (options) {
      let seen = 0;
      for await (const batch of dataset.batches(options)) {
        seen += batch.keys.length;
        if (seen >= samples) yield batch;
        else onPassed(batch.keys.length);
      }
    },
  };
}

export interface Row {
  readonly key: string;
  readonly score: number | null;
  readonly normalised: number | null;
  readonly label: number | null;
  readonly pValue?: number;
}

export function lineOf({ key, score: value, normalised, label, pValue }: Row): string {
  return csvLine([key, value, normalised, label, ...(pValue === undefined ? [] : [pValue])]);
}

export function rowsOf({ keys, scores, normalised, labels, pValues }: Judged): Row[] {
  return keys.map((key, i) => ({
    key,
    score: shortest(scores[i]),
    normalised: shortest(normalised?.[i]),
    label: labels?.[i] ?? null,
    ...(pValues && { pValue: Number(pValues[i]?.toPrecision(9)) }),
  }));
}
