// All it takes to judge and to repeat an experiment, as names and values.

import type { DataFindings, Findings } from '../reproduce/findings.ts';
import { recalled } from './findings-tables.ts';
import { duration } from './words.ts';

export type Fact = readonly [name: string, value: string];

/** What was run on one data set. */
export function partFacts(part: DataFindings): Fact[] {
  const { title, protocols, budget, cuts, cases, seeds, seconds } = part;
  const [first] = cases;
  const { options, reading } = budget;
  return [
    ['Data', title],
    [
      'Protocol',
      (protocols[first ?? ''] ?? '') + (cases.length > 1 ? ', and so for each other case' : ''),
    ],
    ['Cases', cases.join(', ')],
    ['Seeds', seeds.join(', ')],
    [
      'Equal for all',
      settings({ ...options, ...(reading as Record<string, unknown>) }) ||
        'each method’s own settings',
    ],
    ['Left out of the whole', cuts.length > 0 ? cuts.join('; ') : 'nothing'],
    ['Time of all trials', duration(seconds)],
  ];
}

/** What ran it. */
export function runFacts({ hardware, engines, versions }: Findings): Fact[] {
  return [
    ['Hardware', hardware.join('; ')],
    ['Engine', engines.join('; ')],
    ['Versions', versions.join('; ')],
  ];
}

/** What a reader must know of the tables. */
export function notesOf({
  source,
  otherTrials,
  outdatedTrials,
  tornLines,
  parts,
}: Findings): string[] {
  const beside = parts.flatMap(({ methods }) => methods.flatMap((m) => m.published ?? []));
  return [
    ...(beside.length > 0
      ? [
          `The paper’s figures: ${source}.` +
            (beside.some(({ checked }) => !checked)
              ? ` Those marked ${recalled} are as we recall the paper, not held against another source.`
              : ''),
        ]
      : []),
    ...(otherTrials > 0
      ? [
          `The folder holds ${otherTrials} more trials of other data or settings. Only trials of equal budget are joined, so they are left out.`,
        ]
      : []),
    ...(outdatedTrials > 0
      ? [
          `Left out, too: ${outdatedTrials} ${outdatedTrials === 1 ? 'trial' : 'trials'} of other defaults of their method, or of another edition of the data. Run them again to have them join.`,
        ]
      : []),
    ...(tornLines > 0
      ? [
          `${tornLines} ${tornLines === 1 ? 'line' : 'lines'} of trials.jsonl cannot be read, as where a process was stopped amid it, and ${tornLines === 1 ? 'is' : 'are'} passed over.`,
        ]
      : []),
  ];
}

function settings(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join('x') : String(value)}`)
    .join(', ');
}
