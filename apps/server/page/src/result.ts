// What the page knows of a scored sample, and its results as a file.

import { type Judgement, isAnomalous, normalised } from './judgement.ts';

/** PNG, as addresses of data. */
export interface Pictures {
  readonly sample: string;
  readonly reconstruction: string;
  readonly overlay: string;
}

export interface ColumnShare {
  readonly name: string;
  readonly value: string | number | null;
  readonly expected: string | number | null;
  /** Of the whole error, from 0 to 1. */
  readonly share: number;
}

export interface ItemUse {
  readonly item: number;
  readonly weight: number;
}

export interface Result {
  readonly key: string;
  readonly score: number;
  readonly pictures?: Pictures;
  readonly columns?: readonly ColumnShare[];
  readonly memory?: readonly ItemUse[];
}

/** CSV with a line for each result; label and normalised score by the threshold as it is set. */
export function csvOf(results: readonly Result[], judgement: Judgement | undefined): string {
  const head = judgement ? 'key,score,normalised,label' : 'key,score';
  const lines = results.map(({ key, score }) => {
    const verdict = judgement
      ? [normalised(score, judgement), isAnomalous(score, judgement) ? 1 : 0]
      : [];
    return [quoted(key), score, ...verdict].join(',');
  });
  return [head, ...lines, ''].join('\n');
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 1000);
}

/** Cells that a spreadsheet would run are made text. */
function quoted(cell: string): string {
  const plain = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
