// Configurations on the disk: the user's own (YAML or JSON) and the one beside a run.

import { readFile } from 'node:fs/promises';
import { hasCode } from '@memae/graph';
import { writeFileAtomic } from '@memae/onnx';
import { parse } from 'yaml';
import { cliError, reasonOf } from './error.ts';
import {
  type GivenConfig,
  type RunConfig,
  parseGivenConfig,
  parseRunConfig,
} from './run-config.ts';

/**
 * Reads what `--config` names; JSON is YAML too.
 * @throws `CLI_UNREADABLE`, `CLI_USAGE`
 */
export async function readGivenConfig(file: string): Promise<GivenConfig> {
  const text = await readText(file);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw cliError('CLI_USAGE', `${file} is neither YAML nor JSON: ${reasonOf(error)}`, error);
  }
  return parseGivenConfig(value, file);
}

/**
 * Reads a `run.json`; `undefined` where there is none.
 * @throws `CLI_UNREADABLE` for one that is broken.
 */
export async function readRunConfig(file: string): Promise<RunConfig | undefined> {
  try {
    const config = parseRunConfig(JSON.parse(await readText(file)));
    if (config !== undefined) return config;
  } catch (error) {
    if (hasCode(error, 'CLI_UNREADABLE') && hasCode(error.cause, 'ENOENT')) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw cliError(
    'CLI_UNREADABLE',
    `${file} is not as memae train writes it. Name --data and --normal instead, after removing it.`,
  );
}

/** @throws `FILE_UNWRITABLE`; an earlier file is left as it was. */
export function writeRunConfig(file: string, config: RunConfig): Promise<void> {
  return writeFileAtomic(file, `${JSON.stringify(config, null, 2)}\n`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw cliError('CLI_UNREADABLE', `${file} cannot be read: ${reasonOf(error)}.`, error);
  }
}
