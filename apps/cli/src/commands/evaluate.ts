// `memae evaluate`: how well a finished run tells anomalies apart, on the samples that training left out.

import { resolve } from 'node:path';
import { frameOf, scoredLength } from '@memae/datasets';
import {
  type Measured,
  masksOf,
  measureAnswers,
  measureScores,
  measuresOf,
} from '@memae/experiments';
import { confusionAt } from '@memae/metrics';
import type { Manifest } from '@memae/onnx';
import {
  type Judgement,
  type Scorer,
  type ThresholdWish,
  inRule,
  judgementOf,
  stepOutputs,
  stepScores,
} from '@memae/scoring';
import type { RawOptions, ScoredDataset } from '@memae/training';
import { defineCommand } from '../command.ts';
import { readRunConfig } from '../config-files.ts';
import type { CliContext, Output } from '../context.ts';
import { shortest, toCsv } from '../csv.ts';
import {
  type ShortDataOptions,
  labelOption,
  locateLabels,
  parseDataOptions,
  shortDataOptions,
  strictOption,
  whereOption,
} from '../data-options.ts';
import { figuresByKind } from '../by-kind.ts';
import { cliError } from '../error.ts';
import { keepLabelled } from '../keep-labelled.ts';
import { openRun } from '../open-run.ts';
import { dataOption, imageSize, wholeNumber } from '../parse.ts';
import { type Progress, createProgress, figure } from '../progress.ts';
import { type RunConfig, callData, locateData } from '../run-config.ts';
import { requireSpare } from '../require-spare.ts';
import { runFolder } from '../run-folder.ts';
import { unsettling, uselessOf } from '../settled-options.ts';
import { type TestData, type TestRequest, openTestData } from '../test-data.ts';
import { falseAlarmsOption, sensitivityOption, thresholdRuleOption } from '../threshold-flags.ts';
import { use } from '../use.ts';
import { writeOutput } from '../write-output.ts';

interface EvaluateFlags extends ThresholdWish, ShortDataOptions {
  readonly data?: string | undefined;
  readonly normal?: string | undefined;
  readonly limit?: number | undefined;
  readonly size?: readonly [number, number] | undefined;
  readonly dataOption?: RawOptions | undefined;
  readonly out?: string | undefined;
  readonly calibrate?: true | undefined;
  readonly seed?: number | undefined;
  readonly json?: true | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function evaluateCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'evaluate',
    {
      summary: 'Measure a finished run on the test samples that its training left out',
      examples: [
        'memae evaluate runs/five',
        'memae evaluate runs/five --data mnist --json',
        'memae evaluate runs/good --data other-pictures/ --normal good',
        'memae evaluate runs/kdd --threshold-rule tail --false-alarms 0.001',
        'memae evaluate runs/good --data labelled-pictures/ --normal good --calibrate',
        'memae evaluate runs/ped2 --out scores.csv && memae metrics scores.csv',
      ],
      seed: "the split's seed (default: that of the run)",
      engine: 'what computes: ort',
    },
    context,
  )
    .argument('<run>', 'the folder that memae train wrote')
    .option('--data <name|path>', 'the data of the run (default), or other labelled data')
    .option('--normal <class>', 'the class that is normal (default: that of the run)')
    .option('--limit <number>', 'as for train (default: that of the run)', wholeNumber({ min: 1 }))
    .option('--size <height>x<width>', 'as for train (default: that of the run)', imageSize)
    .option('--data-option <name=value>', 'as for train (default: those of the run)', dataOption)
    .addOption(strictOption())
    .addOption(labelOption())
    .addOption(whereOption())
    .option('--out <file>', 'a CSV file: key or clip and frame, label (1: anomalous), score')
    .addOption(thresholdRuleOption())
    .addOption(falseAlarmsOption('that of the run'))
    .addOption(sensitivityOption())
    .option('--calibrate', 'keep the scores and labels with the run, for the rule f1')
    .action(async (run, flags) => {
      finish(await evaluate(run, flags, context));
    });
}

async function evaluate(run: string, flags: EvaluateFlags, context: CliContext): Promise<Output> {
  const folder = runFolder(resolve(context.cwd, run));
  const progress = createProgress(context, { json: flags.json === true });
  return use(await openRun(folder.path, flags, context), async (scorer) => {
    const { manifest } = scorer;
    const judgement = judgementOf(manifest, flags);
    if (judgement.advice !== undefined) progress.onWarning(judgement.advice);
    const config = await readRunConfig(folder.config);
    const request = requested(flags, { config, manifest, cwd: context.cwd });
    const out =
      flags.out === undefined
        ? undefined
        : await requireSpare(flags.out, {
            ...{ run, inputs: [request.data], cwd: context.cwd },
            kind: manifest.preparation?.kind,
          });
    const test = await openTestData(request, { manifest, context, progress });
    progress.end();
    if (test.part === 'all') {
      const { modality } = test.dataset;
      const length = scoredLength(test.dataset);
      const who = request.normal === null ? '' : `, class ${request.normal} as normal`;
      progress.note(
        `${request.data} is not what the model was trained on: all of its ${length} ` +
          (modality === 'video'
            ? 'test clips are scored.'
            : modality === 'tabular'
              ? `${manifest.preparation?.kind === 'series' ? 'windows' : 'rows'} are scored.`
              : `samples are scored${who}.`),
      );
    }
    const measured = await measure(scorer, { ...test, onWarning: progress.onWarning });
    progress.end();
    if (out !== undefined) await writeOutput(out, scoresAsCsv(measured.scored, test));
    if (flags.calibrate === true) {
      const { scores, labels } = measured.scored;
      await keepLabelled(folder.path, { data: test.name, scores, labels });
      progress.note(
        `The scores and labels of ${scores.length} ${test.dataset.modality === 'video' ? 'frames' : 'samples'} are kept in ` +
          `${run}: --threshold-rule f1 chooses by them. Figures at that threshold on the same data flatter.`,
      );
    }
    return describe(measured, { run, request, test, manifest, judgement });
  });
}

function requested(
  flags: EvaluateFlags,
  {
    config,
    manifest,
    cwd,
  }: {
    readonly config: RunConfig | undefined;
    readonly manifest: Manifest;
    readonly cwd: string;
  },
): TestRequest {
  const { data = config?.data, normal = config?.normal ?? null, seed = manifest.seed } = flags;
  if (data === undefined) {
    throw cliError(
      'CLI_USAGE',
      'There is no run.json beside the model that says what it was trained on: name --data, and of images --normal.',
    );
  }
  const located = locateData(data, cwd);
  const other = located !== config?.data;
  const kind = manifest.preparation?.kind;
  const said = parseDataOptions({ ...flags.dataOption, ...shortDataOptions(flags) });
  if (other && (kind === 'table' || kind === 'series')) {
    const useless = [
      ...(['limit', 'size'] as const).filter((name) => flags[name] !== undefined),
      ...uselessOf(said, kind),
    ];
    if (useless.length > 0) {
      throw cliError(
        'CLI_USAGE',
        `Another table is evaluated whole: leave out ${useless.join(', ')}, or say which rows by --where.`,
      );
    }
  }
  const settled = other ? shapeOf(manifest, config) : config.dataOptions;
  const [wrong] = unsettling(said, { settled, kind });
  if (wrong !== undefined) {
    throw cliError(
      'CLI_USAGE',
      `--data-option ${wrong} is settled by the run: the model was trained so, and its threshold chosen. Leave it out, or ` +
        'train another model with it.',
    );
  }
  const given = parseDataOptions({
    ...settled,
    ...flags.dataOption,
    ...shortDataOptions(flags),
  });
  return {
    data: located,
    normal,
    limit: flags.limit ?? (other ? null : config.limit),
    size: flags.size ?? config?.size ?? sizeOf(manifest, other),
    dataOptions: locateLabels(given, cwd),
    seed,
    other,
  };
}

/** Frames of other videos come to what the model takes. */
function sizeOf({ preparation, input }: Manifest, other: boolean): TestRequest['size'] {
  if (preparation?.kind === 'clips' && other) {
    const [height = 0, width = 0] = input.dims.slice(-2).map(Number);
    return [height, width];
  }
  return preparation?.kind === 'pictures' ? (preparation.size ?? null) : null;
}

/** What other data must have alike to go into the model. */
function shapeOf(
  { preparation, input }: Manifest,
  config: RunConfig | undefined,
): RunConfig['dataOptions'] {
  const { colour, label } = config?.dataOptions ?? {};
  if (preparation?.kind === 'pictures') {
    const { fit, tiling } = preparation;
    return {
      colour: input.dims[1] === 3 ? 'rgb' : 'grey',
      fit,
      ...(tiling && { tile: tiling.tile, overlap: tiling.overlap, tileScore: tiling.score }),
    };
  }
  return {
    ...(colour !== undefined && { colour }),
    ...(label !== undefined && { label }),
    ...(preparation?.kind === 'clips' && {
      frames: Number(input.dims[2]),
      dilation: preparation.dilation,
    }),
  };
}

/** One pass over the test samples; where there are masks, pixels are measured on the way. Of series, steps are measured. */
async function measure(
  scorer: Scorer,
  { dataset, onWarning }: Pick<TestData, 'dataset'> & Pick<Progress, 'onWarning'>,
): Promise<Measured> {
  const { preparation } = scorer.manifest;
  if (preparation?.kind === 'series') {
    const keys: string[] = [];
    const scores: number[] = [];
    const truths: number[] = [];
    for await (const steps of stepScores(scorer.answer(dataset, stepOutputs), preparation)) {
      keys.push(...steps.keys);
      scores.push(...steps.scores);
      truths.push(...steps.truths);
    }
    const scored = { keys, scores: Float32Array.from(scores), labels: Uint8Array.from(truths) };
    return { scored, figures: measureScores(dataset.modality, scored) };
  }
  const masks = scorer.manifest.outputs['errorMap'] && masksOf(dataset);
  const answered = scorer.answer(dataset, ['score', ...(masks ? ['errorMap'] : [])]);
  const { modality } = dataset;
  return measureAnswers(
    { modality, length: scoredLength(dataset) },
    { answered, masks, onWarning },
  );
}

/** As `memae metrics` reads them. */
function scoresAsCsv({ keys, labels, scores }: ScoredDataset, { dataset }: TestData): string {
  const video = dataset.modality === 'video';
  return toCsv(
    video ? ['clip', 'frame', 'label', 'score'] : ['key', 'label', 'score'],
    keys.map((key, i) => {
      const named = video ? [frameOf(key).video, frameOf(key).frame] : [key];
      return [...named, labels[i] ?? null, shortest(scores[i])];
    }),
  );
}

function describe(
  { scored, figures }: Measured,
  {
    run,
    request: { data, normal },
    test: { part, dataset, name, protocol },
    manifest: { method },
    judgement,
  }: {
    readonly run: string;
    readonly request: TestRequest;
    readonly test: TestData;
    readonly manifest: Manifest;
    readonly judgement: Judgement;
  },
): Output {
  const { decision, rule, falseAlarms } = judgement;
  const { scores, labels } = scored;
  const kinds = figuresByKind(dataset, scored);
  const samples = labels.length;
  const anomalies = labels.reduce((count, label) => count + label, 0);
  const at = decision && confusionAt(decision.threshold, scores, labels);
  const alarms = at && at.falsePositives / (samples - anomalies);
  const rows = [
    ...measuresOf(dataset.modality).flatMap(({ id, title }) =>
      figures[id] === undefined ? [] : [[title, figures[id]] as const],
    ),
    ...Object.entries(kinds).map(([kind, { auroc }]) => [`AUROC, ${kind}`, auroc] as const),
  ];
  const width = Math.max(14, ...rows.map(([title]) => title.length + 2));
  const row = (name: string, value: number): string =>
    `  ${name.padEnd(width)}${value.toFixed(4)}\n`;
  const what = dataset.modality === 'video' ? 'frames' : 'samples';
  const kind = dataset.modality === 'tabular' ? 'label' : 'class';
  const who = normal === null ? '' : `, ${kind} ${normal} as normal`;
  return {
    document: {
      ...figures,
      ...(Object.keys(kinds).length > 0 && { kinds }),
      samples,
      anomalies,
      threshold: decision?.threshold ?? null,
      thresholdRule: rule ?? null,
      falseAlarms: falseAlarms ?? null,
      falseAlarmRate: alarms ?? null,
      precision: at?.precision ?? null,
      recall: at?.recall ?? null,
      f1: at?.f1 ?? null,
      method,
      data,
      name,
      normal,
      protocol,
      part,
    },
    text:
      `${run}: ${method} on ${callData(data, name)}${who}; ${part === 'test' ? 'the test part' : `all ${what}`}, ` +
      `${samples} ${what} with ${anomalies} anomalies\n` +
      rows.map(([title, value]) => row(title, value)).join('') +
      (at === undefined || decision === undefined
        ? ''
        : `at the threshold ${figure(decision.threshold)} (${inRule(judgement)}):\n` +
          row('precision', at.precision) +
          row('recall', at.recall) +
          row('F1', at.f1) +
          row('false alarms', alarms ?? NaN)),
  };
}
