// What people send to be scored, as the model at hand takes it. Nothing of it decides where anything is read or written.

import { dirname } from 'node:path';
import { type Dataset, imageSize } from '@memae/datasets';
import type { Manifest } from '@memae/onnx';
import {
  type Rows,
  frameSamples,
  intakeOf,
  pictureSamples,
  rowSamples,
  samplesFor,
  withFile,
  withSeries,
} from '@memae/scoring';
import { serverError } from '../core/error.ts';

/** A file, or a body that is one. */
export interface Upload {
  readonly name: string;
  /** Its media type, as it was told. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface UploadOptions {
  readonly manifest: Manifest;
  /** Width times height of a picture at most, by its header. */
  readonly maxPixels: number;
  readonly signal: AbortSignal;
}

/**
 * Works with the samples of uploads: pictures; pictures in order, or one film, as the frames of a video; one table
 * of rows, each for itself or as windows on them.
 * @throws `SERVER_BAD_REQUEST`, `SERVER_TOO_LARGE`; as `pictureSamples`, `frameSamples`, `rowSamples`, `withSeries`, `openClips`
 */
export async function withSamples<T>(
  uploads: readonly Upload[],
  options: UploadOptions,
  work: (samples: Dataset) => Promise<T>,
): Promise<T> {
  const { manifest, signal } = options;
  const [first] = uploads;
  if (first === undefined)
    throw refuse('Nothing came: send a file, or several as multipart/form-data.');
  switch (intakeOf(manifest)) {
    case 'pictures':
      await requireSmall(uploads, options);
      return work(await pictureSamples(uploads, { manifest, signal }));
    case 'frames':
      if (uploads.length === 1 && !first.type.startsWith('image/')) {
        return withFilm(first, options, work);
      }
      await requireSmall(uploads, options);
      return work(await frameSamples(uploads, { manifest, signal }));
    case 'rows':
      return work(await rowSamples(tableOf(uploads), { manifest, signal, name: first.name }));
    case 'series':
      return withSeries(tableOf(uploads), { manifest, signal, name: first.name }, work);
    case 'numbers':
      throw refuse('The model takes bare numbers: send them to /v2/models/NAME/infer.');
  }
}

function tableOf([table, ...others]: readonly Upload[]): Rows {
  if (table === undefined || others.length > 0)
    throw refuse(`${others.length + 1} files came, but one table at a time is scored.`);
  return { format: formatOf(table), text: table.bytes };
}

/** By the type, else by the name: CSV where neither tells. */
function formatOf({ type, name }: Upload): 'csv' | 'tsv' | 'json' {
  if (/json/.test(type) || /\.(json|jsonl|ndjson)$/i.test(name)) return 'json';
  return type === 'text/tab-separated-values' || /\.tsv$/i.test(name) ? 'tsv' : 'csv';
}

/** A picture that unpacks to more than may be is refused before it is unpacked. */
export async function requireSmall(
  uploads: readonly Upload[],
  { maxPixels }: UploadOptions,
): Promise<void> {
  for (const upload of uploads) {
    const [height, width] = await imageSize(upload);
    if (height * width <= maxPixels) continue;
    throw serverError(
      'SERVER_TOO_LARGE',
      `${upload.name} has ${height}×${width} pixels; ${maxPixels} in all are the most that is taken. Send it smaller.`,
    );
  }
}

/** ffmpeg reads files. */
function withFilm<T>(
  { name, bytes }: Upload,
  { manifest, signal }: UploadOptions,
  work: (samples: Dataset) => Promise<T>,
): Promise<T> {
  return withFile(bytes, { file: 'film.mp4', told: name }, async (path) => {
    for await (const clips of samplesFor([path], { manifest, signal, cwd: dirname(path) })) {
      return await work(renamed(clips, name));
    }
    throw refuse(`${name} has no frames.`);
  });
}

/** Keys by the name that the user knows: `walk.mp4/8`. */
function renamed(samples: Dataset, name: string): Dataset {
  return {
    ...samples,
    batches: async function* (options) {
      for await (const batch of samples.batches(options)) {
        yield { ...batch, keys: batch.keys.map((key) => name + key.slice(key.lastIndexOf('/'))) };
      }
    },
  };
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_REQUEST', message);
}
