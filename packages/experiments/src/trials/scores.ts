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
  const fields = [...text.slice(text.indexOf('\n') + 1).matchAll(line)];
  return {
    keys: fields.map(([, name = '', frame]) => unquoted(name) + (frame ? `/${frame}` : '')),
    labels: Uint8Array.from(fields, ([, , , label]) => Number(label)),
    scores: Float32Array.from(fields, ([, , , , score]) => Number(score)),
  };
}

/** A key or a clip, quoted where it must be, then a frame where it is a clip, a label and a score. */
const line = /("(?:[^"]|"")*"|[^",\n\r]*),(?:([^,\n]*),)?([01]),([^,\n]*)\n/gy;

function quoted(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
