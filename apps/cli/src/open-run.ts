// A finished run, opened for scoring; the engine that flags ask for is the one that can.

import { openOnnxThread } from '@memae/backend/ort';
import { type Scorer, openScorer } from '@memae/scoring';
import type { CliContext } from './context.ts';
import { cliError } from './error.ts';

interface OpenRunOptions {
  readonly threads?: number | undefined;
  readonly engine?: string | undefined;
  /** Computes in a thread beside this one. */
  readonly thread?: boolean;
}

/**
 * Opens the artifact in a folder.
 * @throws `CLI_WRONG_ENGINE`; else as `openScorer`.
 */
export async function openRun(
  folder: string,
  { threads, engine = 'ort', thread = false }: OpenRunOptions,
  { signal }: Pick<CliContext, 'signal'>,
): Promise<Scorer> {
  const named = threads === undefined ? {} : { threads };
  // What comes meanwhile must be let in.
  const beside = thread && { open: (model: Uint8Array) => openOnnxThread(model, named) };
  if (engine === 'ort') return openScorer(folder, { ...named, ...beside, signal });
  throw cliError(
    'CLI_WRONG_ENGINE',
    `A finished run is an ONNX model, which the engine ort runs; ${engine} runs only what is trained.`,
  );
}
