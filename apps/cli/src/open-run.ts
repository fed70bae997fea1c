// A finished run, opened for scoring; the engine that flags ask for is the one that can.

import { type Scorer, openScorer } from '@memae/scoring';
import type { CliContext } from './context.ts';
import { cliError } from './error.ts';

/**
 * Opens the artifact in a folder.
 * @throws `CLI_WRONG_ENGINE`; else as `openScorer`.
 */
export async function openRun(
  folder: string,
  {
    threads,
    engine = 'ort',
  }: { readonly threads?: number | undefined; readonly engine?: string | undefined },
  { signal }: CliContext,
): Promise<Scorer> {
  if (engine === 'ort') return openScorer(folder, { threads, signal });
  throw cliError(
    'CLI_WRONG_ENGINE',
    `A finished run is an ONNX model, which the engine ort runs; ${engine} runs only what is trained.`,
  );
}
