// The score of each test sample of a trial as CSV, for the report and for anyone: `memae metrics` reads it.

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Modality } from '@memae/datasets';
import { hasCode } from '@memae/graph';
import { writeFileAtomic } from '@memae/onnx';
import type { ScoredDataset } from '@memae/training';

/** Writes `key,label,score`; of videos `clip,frame,label,score`, a key being `<clip>/<frame>`. */
export async function writeScores(
  folder: string,
  {
    modality,
    scored: { keys, labels, scores },
  }: { readonly modality: Modality; readonly scored: ScoredDataset },
): Promise<void> {
  const video = modality === 'video';
  const named = (key: string): string => {
    const end = key.lastIndexOf('/');
    return video ? `${quoted(key.slice(0, end))},${key.slice(end + 1)}` : quoted(key);
  };
  const lines = keys.map((key, i) => `${named(key)},${labels[i] ?? ''},${scores[i] ?? ''}`);
  const head = video ? 'clip,frame,label,score' : 'key,label,score';
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'scores.csv'), `${[head, ...lines].join('\n')}\n`);
}

/** Reads what `writeScores` wrote; `undefined` where a trial has left none. */
export async function readScores(folder: string): Promise<ScoredDataset | undefined> {
  const text = await readFile(join(folder, 'scores.csv'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const fields = lines.map((line) => /^(.*),([01]),([^,]*)$/.exec(line) ?? []);
  const keyOf = (name: string): string => {
    if (!head.startsWith('clip,')) return unquoted(name);
    const comma = name.lastIndexOf(',');
    return `${unquoted(name.slice(0, comma))}/${name.slice(comma + 1)}`;
  };
  return {
    keys: fields.map(([, name = '']) => keyOf(name)),
    labels: Uint8Array.from(fields, ([, , label]) => Number(label)),
    scores: Float32Array.from(fields, ([, , , score]) => Number(score)),
  };
}

function quoted(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
