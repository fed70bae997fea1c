// What a trial leaves for the report, so that pictures can be drawn later without training again: a few
// test samples with what the model makes of them, and its memory.

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type NdArray, hasCode } from '@memae/graph';
import { writeFileAtomic } from '@memae/onnx';
import { decodeCheckpoint, encodeCheckpoint } from '@memae/training';
import * as v from 'valibot';
import { experimentError } from '../error.ts';

/** A test sample and what came of it; arrays are [channels, …space]. */
export interface Picture {
  readonly key: string;
  /** 1 = anomalous. */
  readonly label: number;
  /** The class it is of, or its video. */
  readonly class: string;
  readonly score: number;
  /** As the model scales its samples. */
  readonly sample: NdArray;
  readonly reconstruction?: NdArray;
  /** The error of each element: squared, or where `score.error` is `absolute`, absolute. */
  readonly errorMap?: NdArray;
  /** Which pixels are anomalous [height, width], where there are masks. */
  readonly mask?: NdArray;
  /** How much each memory item is read [N], averaged over positions. */
  readonly weights?: NdArray;
}

export interface TrialPictures {
  readonly pictures: readonly Picture[];
  /** Memory items decoded one by one, where whole codes are items: those read most, the first the most. */
  readonly items?: NdArray;
  /** Mean addressing weight of every item over normal test samples [N], the largest first. */
  readonly use?: NdArray;
}

const factsSchema = v.array(
  v.object({
    key: v.string(),
    label: v.number(),
    class: v.string(),
    // JSON knows no NaN.
    score: v.pipe(
      v.nullable(v.number()),
      v.transform((score) => score ?? NaN),
    ),
  }),
);

const arrays = ['sample', 'reconstruction', 'errorMap', 'mask', 'weights'] as const;

const fileName = 'pictures.safetensors';

/** Removes what an earlier run of the trial left. */
export async function clearPictures(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true });
}

/** Writes pictures as one file in the safetensors format. */
export async function writePictures(
  folder: string,
  { pictures, items, use }: TrialPictures,
): Promise<void> {
  const parameters = new Map<string, NdArray>();
  if (items) parameters.set('items', items);
  if (use) parameters.set('use', use);
  pictures.forEach((picture, i) => {
    for (const name of arrays) {
      const array = picture[name];
      if (array) parameters.set(`${i}/${name}`, array);
    }
  });
  const progress = pictures.map(({ key, label, class: of, score }) => ({
    key,
    label,
    class: of,
    score,
  }));
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, fileName), encodeCheckpoint({ parameters, progress }));
}

/**
 * Reads what `writePictures` wrote; `undefined` where a trial has left none.
 * @throws `EXPERIMENT_BAD_ROWS` for a file that holds something else, `TRAIN_CHECKPOINT_CORRUPT`
 */
export async function readPictures(folder: string): Promise<TrialPictures | undefined> {
  const path = join(folder, fileName);
  const bytes = await readFile(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const { parameters, progress } = decodeCheckpoint(bytes, `The file ${path}`);
  const { success, output: facts } = v.safeParse(factsSchema, progress);
  if (!success || facts.some((_, i) => !parameters.has(`${i}/sample`))) {
    throw experimentError(
      'EXPERIMENT_BAD_ROWS',
      `${path}: pictures of a trial, each with its key, label, class and score, were expected, but something ` +
        'else came. Remove that file; the report is then made without these pictures.',
    );
  }
  const items = parameters.get('items');
  const use = parameters.get('use');
  return {
    ...(items && { items }),
    ...(use && { use }),
    pictures: facts.map((fact, i) => ({
      ...fact,
      ...(Object.fromEntries(
        arrays.flatMap((name) => {
          const array = parameters.get(`${i}/${name}`);
          return array === undefined ? [] : [[name, array] as const];
        }),
      ) as Pick<Picture, 'sample'>),
    })),
  };
}
