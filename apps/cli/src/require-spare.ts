// What is written must not be what is read: a command that ends well would have lost the user's data, or a run.

import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { isAddress, isPattern, tableFormatOf } from '@memae/datasets';
import { artifactFiles, requireReplaceable } from '@memae/onnx';
import { cliError } from './error.ts';
import { runFolder } from './run-folder.ts';
import type { Kind } from './settled-options.ts';

interface Read {
  /** The run's folder. */
  readonly run?: string;
  /** Files and folders, as the user names them. */
  readonly inputs?: readonly string[];
  /** By which folders and patterns are tables in parts, or of pictures and videos, beside which a table may lie. */
  readonly kind?: Kind | undefined;
}

/**
 * The path of a file that may be written; of a link, that of the file itself.
 * @throws `CLI_USAGE` where it is a file of the run, or one of those read; `FILE_UNWRITABLE` for a folder or a device
 */
export async function requireSpare(
  out: string,
  { run, inputs = [], kind, cwd }: Read & { readonly cwd: string },
): Promise<string> {
  const path = await requireReplaceable(resolve(cwd, out));
  const there = await real(path);
  if (there === undefined) return path;
  const read = [
    ...(run === undefined ? [] : filesOf(resolve(cwd, run))),
    ...inputs.filter((input) => !isAddress(input)).map((input) => resolve(cwd, input)),
  ];
  for (const each of read) {
    // Of a folder of tables, and of a pattern, every table in it may be a part.
    const found = await real(isPattern(basename(each)) ? dirname(each) : each);
    const part =
      (kind === 'table' || kind === 'series') &&
      tableFormatOf(there) !== undefined &&
      there.startsWith(`${found ?? there}${sep}`);
    if (found === there || part) throw inUse(out);
  }
  return path;
}

/** What a run's folder holds that later commands read. */
function filesOf(run: string): readonly string[] {
  const { config, checkpoint } = runFolder(run);
  return [...artifactFiles.map((name) => join(run, name)), config, checkpoint];
}

function inUse(out: string) {
  return cliError(
    'CLI_USAGE',
    `--out ${out} is what this command reads, and would be lost. Name another file.`,
  );
}

function real(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
