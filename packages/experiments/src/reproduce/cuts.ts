// What a budget leaves out of the whole experiment, told from what was run.

import type { TrialRow } from '../trials/rows.ts';
import { type Reading, plainOptions } from '../trials/trial.ts';
import type { Experiment } from './experiments.ts';
import { type MethodFindings, casesOf, grouped } from './method-findings.ts';

/** A line for each thing that was cut or changed; none where all of it was run. */
export function cutsOf(
  experiment: Experiment,
  {
    rows,
    methods,
  }: { readonly rows: readonly TrialRow[]; readonly methods: readonly MethodFindings[] },
): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { data, budget } = first.trial;
  const full = experiment.effort('full', data);
  const seeds = Math.max(...methods.map((method) => method.seeds.length));
  const many = seeds === 0 ? 'no whole seed' : seeds === 1 ? '1 seed' : `${seeds} seeds`;
  const ran = casesOf(rows);
  const cases = ran.length;
  const others = otherCases(experiment, { data, cases: ran });
  const whole = typeof full.cases === 'object' ? full.cases.length : first.data.cases;
  const options = Object.entries(plainOptions(full.options)).flatMap(([name, value]) =>
    budget.options[name] === value
      ? []
      : [`${name} is ${budget.options[name] ?? 'each method’s own'} in place of ${value}`],
  );
  const added = Object.entries(budget.options).flatMap(([name, value]) =>
    Object.hasOwn(full.options, name) ? [] : [`${name} is set to ${value}`],
  );
  return [
    ...(others.length > 0
      ? [`protocol ${others.join(', ')} is not the paper’s, so none of its figures stand beside`]
      : []),
    ...(cases < whole
      ? [`only ${cases} of ${whole} cases, so means are not those of the paper`]
      : []),
    ...(seeds < full.seeds ? [`${many} in place of ${full.seeds}`] : []),
    ...seedCuts(methods, cases),
    ...options,
    ...added,
    ...readingCuts(budget.reading, full.reading),
  ];
}

/** The cases that the paper did not run, where it ran some by name. */
export function otherCases(
  experiment: Experiment,
  { data, cases }: { readonly data: string; readonly cases: readonly string[] },
): string[] {
  const { cases: paper } = experiment.effort('full', data);
  return typeof paper === 'object' ? cases.filter((of) => !paper.includes(of)) : [];
}

/** Seeds that did not run on all cases, with the methods of which it is so. */
function seedCuts(methods: readonly MethodFindings[], all: number): string[] {
  const said = methods.flatMap(({ label, seeds, incomplete }) =>
    incomplete.map(({ seed, cases }) => ({
      label,
      seed,
      ran:
        `ran on ${cases} of ${all} cases` +
        (seeds.length > 0
          ? ' and is left out of means'
          : ', and none on all, so means are of what ran, without deviation'),
    })),
  );
  return grouped(said, ({ seed, ran }) => `${seed} ${ran}`).map((group) => {
    const labels = group.map(({ label }) => label).join(' and ');
    return `seed ${group[0]?.seed} of ${labels} ${group[0]?.ran}`;
  });
}

function readingCuts(reading: Reading, full: Reading): string[] {
  const { size, stride, testStride, limit, scaling, edition, ends, against } = reading;
  const sized = size?.join('×');
  const wholeSize = full.size?.join('×');
  return [
    ...(sized === wholeSize
      ? []
      : [`pictures of ${sized ?? 'their own size'} in place of ${wholeSize ?? 'their own size'}`]),
    ...(stride === full.stride
      ? []
      : [`a training clip every ${stride ?? 1} frames in place of ${full.stride ?? 1}`]),
    ...(testStride === undefined ? [] : [`a test clip every ${testStride} frames`]),
    ...(ends === undefined ? [] : [`first and last frames of test videos: ${ends}`]),
    ...(edition === undefined ? [] : [`edition ${edition}`]),
    ...(limit === undefined ? [] : [`at most ${limit} samples of each class, or rows`]),
    ...(scaling === full.scaling ? [] : [`columns scaled by ${scaling}`]),
    ...(against === undefined ? [] : ['tested on mirrored and turned samples, not on anomalies']),
  ];
}
