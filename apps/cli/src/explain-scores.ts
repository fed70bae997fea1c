// What `--explain` leaves in a folder: pictures, `explanations.jsonl`, a line a sample, and a page for people.

import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Samples } from '@memae/datasets';
import { type ExplainedSample, renderExplanations } from '@memae/experiments';
import {
  type Explanation,
  type Judged,
  type Judgement,
  type Scorer,
  batchesOf,
  explain,
  sampleOf,
} from '@memae/scoring';
import { type CliContext, programOf } from './context.ts';
import { shortest } from './csv.ts';
import { cliError, reasonOf } from './error.ts';
import { wholeNumber } from './parse.ts';
import { makeFolder } from './run-folder.ts';
import { writeOutput } from './write-output.ts';

const explainedByDefault = 20;
/** Samples that the page shows where all are explained. */
const shownOfAll = 100;

export interface ExplainFlags {
  readonly explain?: string | undefined;
  /** `Infinity` is all. */
  readonly top?: number | undefined;
}

export const explainOption = () =>
  new Option(
    '--explain <folder>',
    'why: errors over pictures, shares of columns, memory items of the highest scores, and a page',
  );

export const topOption = () =>
  new Option(
    '--top <number>',
    `how many are explained, or all (default: ${explainedByDefault})`,
  ).argParser(topOf);

function topOf(text: string): number {
  if (text === 'all') return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return wholeNumber({ min: 1 })(text);
  throw new InvalidArgumentError('A whole number of 1 or more, or all, was expected.');
}

export interface ExplainingOptions {
  readonly scorer: Scorer;
  /** The run and the files, as the user calls them. */
  readonly run: string;
  readonly files: readonly string[];
  readonly judgement: Judgement;
  readonly context: CliContext;
}

export interface Explaining {
  /** Notes what was scored. */
  readonly take: (judged: Judged) => Promise<void>;
  /** Writes what remains to be written, and says what is there. */
  readonly finish: () => Promise<{ readonly document: object; readonly text: string }>;
}

/** A line of `explanations.jsonl`. */
type Line = Readonly<Record<string, unknown>>;

/** A sample with its verdict. */
interface Kept {
  readonly sample: Samples;
  readonly row: Pick<ExplainedSample, 'key' | 'score' | 'normalised' | 'label'>;
}

/**
 * Begins to explain scores, if that was asked for: the highest ones at the end, or each as it comes. Files of an earlier
 * time in the folder are replaced.
 * @throws `CLI_USAGE` for a model of series, `CLI_UNWRITABLE`
 */
export async function explaining(
  { explain: named, top = explainedByDefault }: ExplainFlags,
  { scorer, run, files, judgement, context }: ExplainingOptions,
): Promise<Explaining | undefined> {
  if (named === undefined) return undefined;
  const { manifest, examples } = scorer;
  if (manifest.preparation?.kind === 'series') {
    throw cliError(
      'CLI_USAGE',
      'The model scores steps of a series, each by several windows, and these are not explained. Leave --explain out.',
    );
  }
  const folder = resolve(context.cwd, named);
  await makeFolder(folder);
  const path = join(folder, 'explanations.jsonl');
  const partial = `${path}.partial`;
  await writable(partial, writeFile(partial, ''));

  const typical = examples?.typicalError ?? 0;
  const scale = typical > 0 ? 2 * typical : undefined;
  const all = top === Infinity;
  const most = all ? shownOfAll : top;
  let kept: Kept[] = [];
  let [samples, explained] = [0, 0];

  const explainSome = async (some: readonly Kept[]): Promise<ExplainedSample[]> => {
    if (some.length === 0) return [];
    const found: Explanation[] = [];
    const named = some.map(({ sample, row: { key } }) => ({ sample, key }));
    for (const batch of batchesOf(named)) found.push(...(await explain(scorer, batch, { scale })));
    return found.map((explanation, i) => ({ ...explanation, ...some[i]?.row }));
  };
  const write = async (some: readonly ExplainedSample[]): Promise<void> => {
    let text = '';
    for (const sample of some) {
      explained += 1;
      const pictures = await writePictures(folder, explained, sample.pictures);
      text += `${JSON.stringify({ ...lineOf(sample, scorer), ...pictures })}\n`;
    }
    await writable(partial, appendFile(partial, text));
  };

  return {
    take: async (judged) => {
      samples += judged.keys.length;
      if (all) await write(await explainSome(keptOf(judged, -Infinity)));
      const lowest = kept.length < most ? -Infinity : (kept.at(-1)?.row.score ?? -Infinity);
      kept = [...kept, ...keptOf(judged, lowest)]
        .sort((a, b) => b.row.score - a.row.score)
        .slice(0, most);
    },
    finish: async () => {
      const shown = await explainSome(kept);
      if (!all) await write(shown);
      await writable(path, rename(partial, path));
      const page = join(folder, 'explanations.html');
      const count = top === explainedByDefault ? '' : ` --top ${all ? 'all' : top}`;
      const told = {
        ...{ run, method: manifest.method, samples, scale, examples },
        threshold: judgement.decision?.threshold,
        command: `${programOf(context)} score ${run} ${files.join(' ')} --explain ${named}${count}`,
      };
      await writeOutput(page, renderExplanations(shown, told));
      return {
        document: {
          explained,
          explanations: shown.map((sample) => lineOf(sample, scorer)),
        },
        text: `${join(named, 'explanations.html')}: ${explained} of ${samples} samples explained\n`,
      };
    },
  };
}

/** Samples whose score is above another. */
function keptOf({ samples, keys, scores, normalised, labels }: Judged, lowest: number): Kept[] {
  if (samples === undefined) return [];
  return keys.flatMap((key, i) => {
    const score = scores[i] ?? NaN;
    if (!(score > lowest)) return [];
    const verdict = { normalised: shortest(normalised?.[i]), label: labels?.[i] ?? null };
    return [{ sample: sampleOf(samples, i), row: { key, score, ...verdict } }];
  });
}

/** `0001-overlay.png` and the like, by what they show. */
async function writePictures(
  folder: string,
  number: number,
  pictures: Explanation['pictures'],
): Promise<Line> {
  if (pictures === undefined) return {};
  const { overlay, errors, reconstruction } = pictures;
  const names: Record<string, string> = {};
  for (const [what, png] of Object.entries({ overlay, errors, reconstruction })) {
    const name = `${String(number).padStart(4, '0')}-${what}.png`;
    await writeOutput(join(folder, name), png);
    names[what] = name;
  }
  return names;
}

/** Items by the training samples that read them most, too. */
function lineOf(
  { key, score, normalised, label, columns, memory }: ExplainedSample,
  { examples }: Scorer,
): Line {
  const nearest = (item: number): string[] =>
    (examples?.items.find((each) => each.item === item)?.nearest ?? []).flatMap(
      (place) => examples?.training[place]?.key ?? [],
    );
  return {
    ...{ key, score: shortest(score), normalised, label },
    ...(columns && { columns }),
    ...(memory && { memory: memory.map((use) => ({ ...use, nearest: nearest(use.item) })) }),
  };
}

async function writable(path: string, writing: Promise<void>): Promise<void> {
  await writing.catch((error: unknown) => {
    throw cliError('CLI_UNWRITABLE', `${path} cannot be written: ${reasonOf(error)}.`, error);
  });
}
