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

/** What it is worth to detect one step. */
interface Worth {
  readonly score: number;
  readonly worth: number;
  /** The window it lies in, of which the best step counts. */
  readonly window?: object;
}

function worths({ scores, from, windows: given }: Scored): Worth[] {
  const windows = given.map(([first, last]) => ({ first, last }));
  return Array.from({ length: scores.length - from }, (_, i) => {
    const step = from + i;
    const score = scores[step] ?? 0;
    const window = windows.find(({ first, last }) => first <= step && step <= last);
    if (window !== undefined) {
      const { first, last } = window;
      const place = -(last - step + 1) / (last - first + 1);
      return { score, window, worth: sigmoid(place) / sigmoid(-1) };
    }
    const before = windows.findLast(({ last }) => last < step);
    const place =
      before === undefined ? Infinity : (step - before.last) / (before.last - before.first);
    return { score, worth: falseWeight * sigmoid(place) };
  });
}

/** The score of several series at the one threshold that is best for all of them, as NAB chooses it. */
export function nabScore(series: readonly Scored[]): number {
  const silent = -series.reduce((sum, each) => sum + each.windows.length, 0);
  const steps = series.flatMap(worths).sort((a, b) => b.score - a.score);
  const best = new Map<object, number>();
  let [raw, highest] = [silent, silent];
  // One step more is detected at a time: the threshold falls from score to score.
  steps.forEach(({ score, window, worth }, i) => {
    if (window === undefined) raw += worth;
    else {
      const earlier = best.get(window) ?? -1;
      best.set(window, Math.max(earlier, worth));
      raw += Math.max(0, worth - earlier);
    }
    if (steps[i + 1]?.score !== score) highest = Math.max(highest, raw);
  });
  return (100 * (highest - silent)) / (-2 * silent);
}

function sigmoid(place: number): number {
  return place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1;
}
