// NAB's own score (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", ICMLA 2015, arXiv 1510.03336;
// nab/sweeper.py of github.com/numenta/NAB), its standard profile: early detections earn more, false ones cost the more the
// farther they lie behind a window, a window that is missed costs 1.
//
//   σ(y) = 2 / (1 + e^(5y)) − 1, −1 for y > 3        y: −1 at a window's begin, 0 at its end, from there on in its widths
//   raw  = Σ over windows of the highest σ(y) / σ(−1) among its detections, or −1 without any
//          + 0.11 · Σ over detections outside of windows of σ(y), −1 before the first window
//   score = 100 · (raw − silent) / (perfect − silent)

/** A series: the steps that count, and the windows among them. */
export interface Scored {
  /** [steps], higher where more anomalous, comparable between series. */
  readonly scores: ArrayLike<number>;
  /** The first step that counts. */
  readonly from: number;
  /** First and last step of each, in order. */
  readonly windows: readonly (readonly [first: number, last: number])[];
}

const falseWeight = 0.11;

/** The raw score of one series where steps of `threshold` or more are detected. */
export function rawScore({ scores, from, windows }: Scored, threshold: number): number {
  const best = windows.map(() => -1);
  let raw = 0;
  for (let step = from; step < scores.length; step += 1) {
    if ((scores[step] ?? 0) < threshold) continue;
    const within = windows.findIndex(([first, last]) => first <= step && step <= last);
    if (within >= 0) {
      const [first, last] = windows[within] ?? [0, 0];
      const place = -(last - step + 1) / (last - first + 1);
      best[within] = Math.max(best[within] ?? -1, sigmoid(place) / sigmoid(-1));
      continue;
    }
    const before = windows.findLast(([, last]) => last < step);
    raw +=
      falseWeight *
      (before === undefined ? -1 : sigmoid((step - before[1]) / (before[1] - before[0])));
  }
  return raw + best.reduce((sum, each) => sum + each, 0);
}

/** The score of several series at the one threshold that is best for all of them, as NAB chooses it. */
export function nabScore(series: readonly Scored[]): number {
  const all = series.flatMap(({ scores, from }) => Array.from(scores).slice(from));
  const sorted = Float64Array.from(all).sort();
  // The highest hundred, and from there on every hundredth part.
  const candidates = Array.from({ length: 200 }, (_, i) =>
    i < 100
      ? sorted.at(-1 - i)
      : sorted.at(-1 - Math.floor(((i - 99) / 101) * (sorted.length - 1))),
  );
  const windows = series.reduce((sum, each) => sum + each.windows.length, 0);
  const raw = candidates.map((threshold = 0) =>
    series.reduce((sum, each) => sum + rawScore(each, threshold), 0),
  );
  return (100 * (Math.max(...raw, -windows) + windows)) / (2 * windows);
}

function sigmoid(place: number): number {
  return place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1;
}
