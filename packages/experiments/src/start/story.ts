// What `start` says: the lines while it runs, and the command lines in its report.

import { relative } from 'node:path';
import type { ComparisonProgress, ExportedModel } from '../compare/comparison.ts';
import { duration, figure, percent, whole } from '../report/words.ts';

/** What is worth a line of its own. */
export function linesOf(progress: ComparisonProgress, epochs: number): string[] {
  switch (progress.kind) {
    case 'data': {
      const { train, validation, test, anomalies } = progress.data;
      return [
        `Training on ${whole(train)} normal samples for ${epochs} epochs, with ${whole(validation)} for ` +
          `validation; the test has ${whole(test)}, of which ${whole(anomalies)} are anomalous.`,
      ];
    }
    case 'warning':
      return [`${progress.method}: ${progress.message}`];
    case 'method': {
      const { label, auroc, confusion, seconds, exported } = progress.outcome;
      return [
        `${label}: AUROC ${figure(auroc)}, catches ${percent(confusion.recall)} of the anomalies; ` +
          `trained in ${duration(seconds)}. The exported model gives ${sameness(exported)}.`,
      ];
    }
    default:
      return [];
  }
}

function sameness({ largestDifference }: ExportedModel): string {
  return largestDifference === 0
    ? 'exactly the same scores'
    : `the same scores to within ${largestDifference.toExponential(0)} of each`;
}

/** What a reader of the report may do with what `start` has made. */
export function nextSteps(
  program: string,
  { wish, out }: { readonly wish: string; readonly out: string },
): { text: string; command: string }[] {
  const model = `${out}/memae`;
  return [
    {
      text: 'Score pictures of your own with the model just trained',
      command: `${program} score ${model} my-pictures --out scores.csv`,
    },
    {
      text: 'Train longer, or with other settings',
      command: `${program} train ${wish} --method memae --epochs 60 --out runs/longer`,
    },
    {
      text: 'Learn what is normal in pictures of your own: a folder with a sub-folder a class',
      command: `${program} start --data my-pictures --normal good`,
    },
    {
      text: 'Take the model elsewhere: it runs wherever ONNX does',
      command: `${program} export ${model} --out model.onnx`,
    },
  ];
}

/** A path as it is typed in the folder one is in, where it leads down from there. */
export function fromHere(path: string): string {
  const way = relative('', path);
  return way === '' || way.startsWith('..') ? path : way;
}

/** A word of a command line, quoted where a shell would part or change it. */
export function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
