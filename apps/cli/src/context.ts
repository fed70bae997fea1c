// All that the commands touch of the world comes through here, so that tests can give them another.

import type { BackendProvider } from '@memae/backend';
import type { Registry } from '@memae/training';

/** A stream of text; a terminal says so. */
type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface CliContext {
  readonly registry: Registry;
  /** The engines to choose from; the first is the default. */
  readonly backends: (options: { readonly threads?: number }) => readonly BackendProvider[];
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Calls at each SIGHUP, which ends the program unless somebody listens. */
  readonly onHangup?: (listener: () => void) => void;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
}

/** How the user calls this program, for commands to be told; a launcher may say otherwise. */
export function programOf({ env }: Pick<CliContext, 'env'>): string {
  return env['MEMAE_PROGRAM'] ?? 'memae';
}

/** What a command comes to; one of the two forms is printed. */
export interface Output {
  /** For `--json`. */
  readonly document: unknown;
  /** For people. */
  readonly text: string;
  /** The exit status; 0 unless the command found that something is wrong. */
  readonly status?: number;
}
