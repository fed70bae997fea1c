// Whether new data are still like those that a model was trained on and calibrated by: its scores, how often they are
// flagged, and its inputs column by column. All tests together raise a false alarm as often as the level says, at most.

import {
  chiSquareTest,
  compareShares,
  holm,
  kolmogorovSmirnov,
  rankedEvenly,
  rankedScores,
  shareInterval,
} from '@memae/metrics';
import type { InputColumn, Manifest } from '@memae/onnx';
import { type InputMeasure, inputMeasures } from './input-measures.ts';
import type { CollectedInputs } from './input-summary.ts';

/** p-values are corrected for the number of tests: below the level, something has changed. */
interface Tested {
  readonly pValue: number;
  readonly drifted: boolean;
}

export interface ColumnDrift extends Tested {
  readonly name: string;
  /** From 0 to 1: the largest distance of the distributions; of categories, the share that has moved. */
  readonly moved: number;
  /** Medians, in the column's own unit; of categories, the shares of that which has moved most. */
  readonly was: number;
  readonly is: number;
  /** The category that has moved most. */
  readonly category?: string;
  /** The factor between the medians, where the spread has grown by it as well: other units, as it seems. */
  readonly factor?: number;
  /** Half of the new values or more lie where no training sample was. */
  readonly gross: boolean;
}

export interface Drift {
  readonly level: number;
  readonly drifted: boolean;
  /** How many scores came. */
  readonly samples: number;
  /** Against the calibration's; missing in a model without one. */
  readonly scores?: Tested & { readonly moved: number; readonly was: number; readonly is: number };
  /** How often scores are above the threshold; `nominal`: as often as the rule was to flag. */
  readonly alarms?: Tested & {
    readonly rate: number;
    readonly interval: readonly [low: number, high: number];
    readonly nominal: number | null;
  };
  /** Those that moved most first; missing in a model of an earlier version. */
  readonly columns?: readonly ColumnDrift[];
}

/**
 * Holds new data against what the artifact keeps.
 * @param options.scores of the new data
 * @param options.inputs what `collectInputs` collected of them
 * @param options.level the chance of a false alarm, by default 0.01
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function driftOf(
  manifest: Manifest,
  {
    scores,
    inputs,
    level = 0.01,
  }: {
    readonly scores: ArrayLike<number>;
    readonly inputs: CollectedInputs;
    readonly level?: number;
  },
): Drift {
  const ofScores = compareScores(manifest, scores);
  const ofAlarms = compareAlarms(manifest, scores);
  const columns = manifest.inputs && compareColumns(manifest, inputs);
  const tests = [ofScores, ofAlarms, ...(columns ?? [])];
  const corrected = holm(tests.map((test) => test?.pValue ?? 1));
  const tested = <Test extends object>(test: Test, i: number): Test & Tested => {
    const pValue = corrected[i] ?? 1;
    return { ...test, pValue, drifted: pValue < level };
  };
  return {
    level,
    drifted: corrected.some((pValue) => pValue < level),
    samples: scores.length,
    ...(ofScores && { scores: tested(ofScores, 0) }),
    ...(ofAlarms && { alarms: tested(ofAlarms, 1) }),
    ...(columns && {
      columns: columns
        .map((column, i) => tested(column, i + 2))
        .sort((a, b) => Number(b.drifted) - Number(a.drifted) || b.moved - a.moved),
    }),
  };
}

type Untested<Found extends Tested> = Omit<Found, 'drifted'>;

function compareScores(
  { calibration }: Manifest,
  scores: ArrayLike<number>,
): Untested<NonNullable<Drift['scores']>> | undefined {
  if (calibration === undefined) return undefined;
  const reference = rankedScores(calibration);
  const { statistic: moved, pValue } = kolmogorovSmirnov(scores, reference);
  const middle = reference.ranks.findIndex((rank) => 2 * rank >= reference.samples);
  const is = quantile(Float64Array.from(scores).sort(), 0.5);
  return { moved, pValue, was: reference.values[middle] ?? NaN, is };
}

function compareAlarms(
  { calibration, threshold }: Manifest,
  scores: ArrayLike<number>,
): Untested<NonNullable<Drift['alarms']>> | undefined {
  if (calibration === undefined || threshold === null) return undefined;
  const { value } = threshold;
  const now = { count: Array.from(scores).filter((s) => s > value).length, samples: scores.length };
  const { values, ranks, samples } = rankedScores(calibration);
  const below = values.findLastIndex((score) => score <= value);
  const before = { count: samples - (ranks[below] ?? 0), samples };
  return {
    rate: now.count / now.samples,
    interval: shareInterval(now),
    nominal: 'falseAlarms' in threshold ? threshold.falseAlarms : null,
    pValue: compareShares(now, before),
  };
}

/** The columns of new data beside those that training saw; without any that either had no value in. */
function compareColumns(
  manifest: Manifest,
  { columns }: CollectedInputs,
): readonly Untested<ColumnDrift>[] {
  return inputMeasures(manifest).flatMap((measure) => {
    const was = manifest.inputs?.columns.find(({ name }) => name === measure.name);
    const is = columns.find(({ name }) => name === measure.name);
    if (measure.kind === 'number' && was?.kind === 'number' && is?.kind === 'number') {
      return [compareNumbers(measure, was, is.values)];
    }
    if (measure.kind === 'category' && was?.kind === 'category' && is?.kind === 'category') {
      return [compareCategories(measure, was.counts, is.counts)];
    }
    return [];
  });
}

function compareNumbers(
  { name, inUnits }: Extract<InputMeasure, { kind: 'number' }>,
  { samples, values }: Extract<InputColumn, { kind: 'number' }>,
  found: ArrayLike<number>,
): Untested<ColumnDrift> {
  // As the samples' numbers are, so that equal ones are equal.
  const before = values.map((value) => Math.fround(value));
  const { statistic: moved, pValue } = kolmogorovSmirnov(
    found,
    rankedEvenly({ samples, values: before }),
  );
  const now = Float64Array.from(found).sort();
  const [was, is] = [before, now].map((sorted) =>
    [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)),
  ) as [number[], number[]];
  const [oldLow = 0, oldMiddle = 0, oldHigh = 0] = was.map(inUnits);
  const [newLow = 0, newMiddle = 0, newHigh = 0] = is.map(inUnits);
  const factor = newMiddle / oldMiddle;
  const spread = Math.abs((newHigh - newLow) / (oldHigh - oldLow) / factor);
  const units = Math.abs(Math.log(Math.abs(factor))) > Math.log(5) && spread > 0.5 && spread < 2;
  const [low = 0, high = 0] = [before[0], before.at(-1)];
  const outside = now.filter((value) => value < low || value > high).length;
  return {
    ...{ name, moved, pValue, was: oldMiddle, is: newMiddle },
    ...(units && { factor }),
    gross: now.length >= enough && 2 * outside >= now.length,
  };
}

function compareCategories(
  { name, categories }: Extract<InputMeasure, { kind: 'category' }>,
  before: readonly number[],
  found: readonly number[],
): Untested<ColumnDrift> {
  const sharesOf = (counts: readonly number[]): number[] => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / all);
  };
  const [was, is] = [sharesOf(before), sharesOf(found)];
  const changes = was.map((share, i) => Math.abs(share - (is[i] ?? 0)));
  const most = changes.indexOf(changes.reduce((a, b) => Math.max(a, b)));
  const unseen = is.filter((_, i) => before[i] === 0).reduce((sum, share) => sum + share, 0);
  const samples = found.reduce((sum, count) => sum + count, 0);
  return {
    name,
    moved: changes.reduce((sum, change) => sum + change, 0) / 2,
    pValue: chiSquareTest(before, found).pValue,
    ...{ was: was[most] ?? 0, is: is[most] ?? 0, category: categories[most] ?? '' },
    gross: samples >= enough && 2 * unseen >= 1,
  };
}

/** Of fewer samples nothing is called gross. */
const enough = 20;

function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

/** Columns of which half or more is where training saw nothing, in a line; nothing where there are none. */
export function grossDrift(manifest: Manifest, inputs: CollectedInputs): string | undefined {
  if (manifest.inputs === undefined) return undefined;
  const gross = compareColumns(manifest, inputs).filter((column) => column.gross);
  if (gross.length === 0) return undefined;
  const some = gross.slice(0, 3).map(tellColumn).join('; ');
  const others = gross.length > 3 ? ` and ${gross.length - 3} more` : '';
  return `The data are not like those of training: ${some}${others}. See memae drift.`;
}

/** `amount: median 12.1 → 12100 (×1000: other units?)`, `city: (other) 0 % → 23 %` */
export function tellColumn({ name, was, is, category, factor }: Untested<ColumnDrift>): string {
  const figure = (value: number): string => String(Number(value.toPrecision(3)));
  if (category !== undefined) {
    return `${name}: ${category} ${figure(100 * was)} % → ${figure(100 * is)} %`;
  }
  const units = factor === undefined ? '' : ` (×${figure(factor)}: other units?)`;
  return `${name}: median ${figure(was)} → ${figure(is)}${units}`;
}
