// Which part of a split each row of a series goes to: by blocks of time, for windows overlap, and rows that lie close are
// alike. Of each series the first rows are learned from, the next held out, the last ones tested.

import { isTrain, part, sampleRows, validationShare } from '../table-files/parts.ts';
import type { SeriesOptions } from './series-options.ts';

/** Rows of anomalies are learned from nowhere; what they leave is stretches of rows, which no window crosses. */
export function cutInTime(
  begins: Uint8Array,
  {
    labels,
    testShare,
    series: { window },
  }: {
    readonly labels: Uint8Array;
    readonly testShare: number;
    readonly series: SeriesOptions;
  },
): Uint8Array {
  const parts = new Uint8Array(labels.length);
  const starts = Array.from(begins.keys()).filter((row) => begins[row] === 1);
  starts.forEach((start, i) => {
    const end = starts[i + 1] ?? begins.length;
    const learned = Math.round((1 - testShare) * (end - start));
    // A window at least is held out, but not where nothing to learn from would be left.
    const wanted = Math.max(window, Math.round(validationShare * learned));
    const heldOut = learned - wanted < window ? 0 : wanted;
    parts.fill(part.train, start, start + learned - heldOut);
    parts.fill(part.validation, start + learned - heldOut, start + learned);
    parts.fill(part.test, start + learned, end);
  });
  for (const [row, label] of labels.entries()) {
    if (label === 1 && parts[row] !== part.test) parts[row] = part.none;
  }
  const trained = parts.reduce((sum, each) => sum + (isTrain(each) ? 1 : 0), 0);
  const every = Math.max(1, Math.ceil(trained / sampleRows));
  let met = 0;
  parts.forEach((each, row) => {
    if (each !== part.train) return;
    if (met % every === 0) parts[row] = part.sample;
    met += 1;
  });
  return parts;
}

export function protocolInTime(label: string | undefined, testShare: number): string {
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  const heldOut = `the last ${share(validationShare)} of the rows to learn from held out`;
  return label === undefined
    ? `in the order of time: all rows are normal, without a test set; ${heldOut}`
    : `in the order of time: of each series the first ${share(1 - testShare)} to learn from, of them the rows that ${label} ` +
        `calls normal; the rest is the test set; ${heldOut}`;
}

/** Times and names of series are not learned from, unless asked for by name. */
export function withoutTimes<
  Choice extends { readonly columns?: readonly string[]; readonly drop?: readonly string[] },
>(choice: Choice, { time, group }: SeriesOptions): Choice {
  const unasked = [time, group].filter(
    (name): name is string => name !== undefined && choice.columns?.includes(name) !== true,
  );
  return { ...choice, drop: [...(choice.drop ?? []), ...unasked] };
}
