// The artifact: what training hands to whoever scores. A folder with `model.onnx`, `manifest.json`, and for people
// `examples.json` and `training-log.jsonl`. Nothing in it is ever executed.

import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { hasCode } from '@memae/graph';

import { onnxError, reasonOf } from '../error.ts';
import { type FileToWrite, writeFilesAtomic } from '../write-file.ts';
import { faultOf } from './check-model.ts';
import { type Examples, checkExamples } from './examples.ts';
import { FORMAT, type Json, type Manifest, checkManifest } from './manifest.ts';

/** The files of an artifact, and how many bytes of each are read at most. */
const FILES = {
  model: { name: 'model.onnx', limit: 2 ** 31 - 1 },
  manifest: { name: 'manifest.json', limit: 2 ** 20 },
  examples: { name: 'examples.json', limit: 2 ** 23 },
  log: { name: 'training-log.jsonl', limit: 2 ** 26 },
} as const;

/** What their names are in an artifact's folder. */
export const artifactFiles: readonly string[] = Object.values(FILES).map(({ name }) => name);

export interface Artifact {
  readonly manifest: Manifest;
  /** The bytes of an ONNX model. */
  readonly model: Uint8Array;
  /** Left out where none were kept. */
  readonly examples?: Examples;
}

/** What the caller states; the format and the checksums are filled in. */
export type ManifestFields = Omit<Manifest, 'format' | 'modelSha256' | 'examplesSha256'>;

/** One line of the training log. */
export type LogEntry = Readonly<Record<string, Json>>;

export interface ArtifactToWrite {
  readonly manifest: ManifestFields;
  readonly model: Uint8Array;
  readonly examples?: Examples;
  /** Left out, a training log that lies there is kept. */
  readonly log?: readonly LogEntry[];
}

/**
 * Writes an artifact, making the folder if need be. Every byte is on the disk before the first name
 * changes, the manifest's last: when writing fails, an artifact that was there is still whole.
 * @throws `ARTIFACT_INVALID` when a field is wrong or the model is not what the manifest says,
 * `ARTIFACT_UNWRITABLE` with the path and the reason.
 */
export async function writeArtifact(
  directory: string,
  { manifest: fields, model, examples, log }: ArtifactToWrite,
): Promise<void> {
  const shown = examples && bytesOf(examples);
  // A manifest as read states the checksum of examples that may be left out now.
  const stated = Object.entries(fields).filter(([name]) => name !== 'examplesSha256');
  const checked = checkManifest({
    ...Object.fromEntries(stated),
    format: FORMAT,
    modelSha256: sha256(model),
    ...(shown && { examplesSha256: sha256(shown) }),
  });
  if ('wrong' in checked) throw onnxError('ARTIFACT_INVALID', `The manifest's ${checked.wrong}.`);
  const fault = faultOf(model, checked.manifest);
  if (fault !== undefined) {
    throw onnxError('ARTIFACT_INVALID', `The model does not fit its manifest: ${fault}.`);
  }
  const files: FileToWrite[] = [
    ...(log === undefined ? [] : [{ path: join(directory, FILES.log.name), data: lines(log) }]),
    ...(shown ? [{ path: join(directory, FILES.examples.name), data: shown }] : []),
    { path: join(directory, FILES.model.name), data: model },
    {
      path: join(directory, FILES.manifest.name),
      data: textOf(checked.manifest),
    },
  ];
  try {
    await mkdir(directory, { recursive: true });
    await writeFilesAtomic(files);
  } catch (error) {
    const reason = hasCode(error, 'FILE_UNWRITABLE')
      ? error.message
      : `${directory} cannot be made: ${reasonOf(error)}.`;
    throw onnxError('ARTIFACT_UNWRITABLE', reason, error);
  }
}

/**
 * Reads an artifact and checks every field, the checksums, and that the model takes and gives what the manifest says. A
 * file that the manifest does not know of is not looked at.
 * @throws `ARTIFACT_NOT_FOUND`, `ARTIFACT_UNREADABLE`, `ARTIFACT_TOO_NEW`, or `ARTIFACT_CORRUPT`
 * with the file, the field and what was expected.
 */
export async function readArtifact(directory: string): Promise<Artifact> {
  const path = join(directory, FILES.manifest.name);
  const value = parseJson(await read(directory, 'manifest'), path);
  const format = typeof value === 'object' && value !== null && 'format' in value && value.format;
  if (typeof format === 'number' && format > FORMAT) {
    throw onnxError(
      'ARTIFACT_TOO_NEW',
      `${path} has format ${format}, but this version reads up to ${FORMAT}; install a newer memae.`,
    );
  }
  const checked = checkManifest(value);
  if ('wrong' in checked) throw corrupt(path, checked.wrong);
  const { manifest } = checked;

  const model = await readChecked(directory, 'model', manifest.modelSha256);
  const fault = faultOf(model, manifest);
  if (fault !== undefined) throw corrupt(join(directory, FILES.model.name), fault);
  if (manifest.examplesSha256 === undefined) return { manifest, model };
  const examplesPath = join(directory, FILES.examples.name);
  const found = checkExamples(
    parseJson(await readChecked(directory, 'examples', manifest.examplesSha256), examplesPath),
  );
  if ('wrong' in found) throw corrupt(examplesPath, found.wrong);
  return { manifest, model, examples: found.examples };
}

/**
 * The training log's lines; none where there is no log.
 * @throws `ARTIFACT_UNREADABLE`, or `ARTIFACT_CORRUPT` with the line that is no JSON object.
 */
export async function readTrainingLog(directory: string): Promise<readonly LogEntry[]> {
  let data: Uint8Array;
  try {
    data = await read(directory, 'log');
  } catch (error) {
    if (hasCode(error, 'ARTIFACT_NOT_FOUND')) return [];
    throw error;
  }
  const texts = new TextDecoder().decode(data).split('\n');
  return texts.flatMap((text, i) => {
    if (text === '') return [];
    const where = `${join(directory, FILES.log.name)}, line ${i + 1}`;
    const value = parseJson(text, where);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw corrupt(where, 'it is no JSON object');
    }
    return [value as LogEntry];
  });
}

async function readChecked(
  directory: string,
  which: keyof typeof FILES,
  expected: string,
): Promise<Uint8Array> {
  const data = await read(directory, which);
  const actual = sha256(data);
  if (actual === expected) return data;
  throw corrupt(
    join(directory, FILES[which].name),
    `its SHA-256 is ${actual}, but the manifest states ${expected}`,
  );
}

async function read(directory: string, which: keyof typeof FILES): Promise<Uint8Array> {
  const { name, limit } = FILES[which];
  const path = join(directory, name);
  try {
    const found = await stat(path);
    if (!found.isFile()) throw corrupt(path, 'it is no regular file');
    if (found.size > limit) {
      throw corrupt(path, `it has ${found.size} bytes, more than the ${limit} that are read`);
    }
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) {
      throw onnxError(
        'ARTIFACT_NOT_FOUND',
        `${path} does not exist. Give the folder that training wrote, with model.onnx and manifest.json in it.`,
        error,
      );
    }
    if (hasCode(error, 'ARTIFACT_CORRUPT')) throw error;
    throw onnxError('ARTIFACT_UNREADABLE', `${path} cannot be read: ${reasonOf(error)}.`, error);
  }
}

function parseJson(data: Uint8Array | string, path: string): unknown {
  try {
    const text =
      typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true }).decode(data);
    return JSON.parse(text);
  } catch (error) {
    throw corrupt(path, `it is no JSON (${reasonOf(error)})`, error);
  }
}

function corrupt(path: string, why: string, cause?: unknown): Error {
  return onnxError(
    'ARTIFACT_CORRUPT',
    `${path}: ${why}. Copy the artifact again, or export it anew.`,
    cause,
  );
}

/** For people to read, lists of numbers on one line each. No text holds the line break that begins such a list. */
function textOf(manifest: Manifest): string {
  const text = JSON.stringify(manifest, null, 2);
  return `${text.replaceAll(/\[\n[\s\d.,e+-]+\]/g, (list) => list.replaceAll(/\s+/g, ' '))}\n`;
}

/** @throws `ARTIFACT_INVALID` where reading would refuse them. */
function bytesOf(examples: Examples): Uint8Array {
  const checked = checkExamples(examples);
  if ('wrong' in checked) throw onnxError('ARTIFACT_INVALID', `The examples' ${checked.wrong}.`);
  const bytes = new TextEncoder().encode(JSON.stringify(checked.examples));
  const { limit } = FILES.examples;
  if (bytes.length <= limit) return bytes;
  throw onnxError(
    'ARTIFACT_INVALID',
    `The examples come to ${bytes.length} bytes, more than the ${limit} that are read. Keep fewer, or smaller ones.`,
  );
}

function lines(log: readonly LogEntry[]): string {
  return log.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
