// What people are told of a model: the manifest's words and numbers, and what there is to look at.

import type { Example, Manifest } from '@memae/onnx';
import { inRule, intakeOf } from '@memae/scoring';
import type { ExampleSummary, ModelDescription } from '../../page/src/answers.ts';
import type { Model } from '../core/model.ts';
import { scoreBins } from './score-bins.ts';

export function describeModel(
  { name, version, manifest, examples }: Model,
  versions: readonly string[],
): ModelDescription {
  const { method, data, input, preparation, outputs, threshold, normaliser, calibration } =
    manifest;
  return {
    ...{ name, version, versions, method, input },
    intake: intakeOf(manifest),
    trainedOn: { name: data.name, samples: data.samples },
    tile: (preparation?.kind === 'pictures' && preparation.tiling?.tile) || null,
    outputs: Object.keys(outputs),
    columns: columnsOf(manifest),
    threshold: threshold && {
      value: threshold.value,
      rule: inRule({
        rule: threshold.rule,
        ...('falseAlarms' in threshold && { falseAlarms: threshold.falseAlarms }),
      }),
    },
    scale: normaliser?.scale ?? null,
    calibration: calibration ?? null,
    histogram: calibration && threshold ? scoreBins(calibration, threshold.value) : [],
    examples: {
      samples: (examples?.samples ?? []).map(summaryOf),
      training: (examples?.training ?? []).map(summaryOf),
      items: (examples?.items ?? []).map(({ item, use, decoded, nearest }) => ({
        ...{ item, use, nearest },
        decoded: decoded ? summaryOf(decoded) : null,
      })),
    },
  };
}

function columnsOf({ preparation }: Manifest): ModelDescription['columns'] {
  if (preparation === undefined || !('columns' in preparation)) return [];
  const { time, group } = preparation.kind === 'series' ? preparation : {};
  return [
    ...(time === undefined ? [] : [{ name: time, kind: 'time' }]),
    ...(group === undefined ? [] : [{ name: group, kind: 'group' }]),
    ...preparation.columns.map(({ name, kind }) => ({ name, kind })),
  ];
}

function summaryOf({ key, pictures, values }: Example): ExampleSummary {
  return { key, pictures: pictures?.length ?? 0, values: values ?? null };
}
