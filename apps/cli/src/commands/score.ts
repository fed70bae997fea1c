// `memae score`: one line a sample, of any files, by what was exported.

import { isAbsolute, relative, resolve } from 'node:path';
import { arrayDataset, readSamples } from '@memae/datasets';
import type { Manifest } from '@memae/onnx';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { imageSize } from '../parse.ts';
import { type Scored, openScorer } from '../scorer.ts';
import { use } from '../use.ts';
import { writeOutput } from '../write-output.ts';

interface ScoreFlags {
  readonly out?: string | undefined;
  readonly size?: readonly [number, number] | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function scoreCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'score',
    {
      summary: 'Score files with a finished run: IDX, PNG and JPEG, and folders of them',
      examples: [
        'memae score runs/five digits-idx3-ubyte.gz --out scores.csv',
        'memae score runs/good pictures/ photo.jpg --size 64x64 > scores.csv',
        'memae score runs/good pictures/ --json',
      ],
      engine: 'what computes: ort',
    },
    context,
  )
    .argument('<run>', 'the folder that memae train wrote')
    .argument('<files...>', 'files and folders to score')
    .option(
      '--out <file>',
      'a CSV file: key, score, normalised (0.5 at the threshold), label (1: anomalous)',
    )
    .option('--size <height>x<width>', 'resize pictures', imageSize)
    .action(async (run, files, flags) => {
      finish(await score({ run, files }, flags, context));
    });
}

async function score(
  { run, files }: { readonly run: string; readonly files: readonly string[] },
  flags: ScoreFlags,
  context: CliContext,
): Promise<Output> {
  const { cwd, signal } = context;
  return use(await openScorer(resolve(cwd, run), flags, context), async (scorer) => {
    const paths = files.map((file) => resolve(cwd, file));
    const { samples, keys } = await readSamples(paths, {
      ...(flags.size === undefined ? {} : { size: flags.size }),
      signal,
    });
    const absolute = files.some((file) => isAbsolute(file));
    const scored = await scorer.score(
      arrayDataset({
        name: files.join(', '),
        modality: 'image',
        samples,
        keys: absolute ? keys : keys.map((key) => relative(cwd, key)),
      }),
    );
    const csv = toCsv(scored);
    if (flags.out === undefined) {
      return { document: { ...summary(scorer.manifest, scored), scores: rows(scored) }, text: csv };
    }
    await writeOutput(resolve(cwd, flags.out), csv);
    const document = { ...summary(scorer.manifest, scored), out: flags.out };
    return {
      document,
      text: `${flags.out}: ${document.samples} samples, ${document.flagged ?? 'none'} above the threshold\n`,
    };
  });
}

function summary({ threshold }: Manifest, { keys, labels }: Scored) {
  return {
    samples: keys.length,
    flagged: labels?.reduce((count, label) => count + label, 0) ?? null,
    threshold: threshold?.value ?? null,
  };
}

function rows({ keys, scores, normalised, labels }: Scored) {
  return keys.map((key, i) => ({
    key,
    score: shortest(scores[i]),
    normalised: shortest(normalised?.[i]),
    label: labels?.[i] ?? null,
  }));
}

function toCsv(scored: Scored): string {
  const lines = rows(scored).map(({ key, score, normalised, label }) =>
    [field(key), score, normalised, label].join(','),
  );
  return `key,score,normalised,label\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** Quoted where need be (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A float32 in no more digits than tell it from its neighbours. */
function shortest(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(9));
}
