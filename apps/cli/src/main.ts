#!/usr/bin/env node
// The program: the one place that touches the process, its streams and its signals.

import { architectures } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { tfjsBackends } from '@memae/backend/tfjs';
import { createRegistry } from '@memae/training';
import { exitCodes, runCli } from './cli.ts';

const interruption = new AbortController();
const stopping = new Map([
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', exitCodes.terminated],
] as const);
let asked: { readonly at: number; readonly status: number } | undefined;
for (const [signal, status] of stopping) {
  process.on(signal, () => {
    // Package managers pass on a Ctrl-C that the terminal has sent already: that is no second wish.
    if (asked !== undefined && performance.now() - asked.at > 1000) process.exit(status);
    asked ??= { at: performance.now(), status };
    interruption.abort();
  });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, as in `memae score … | head`, is no error.
  if (error.code === 'EPIPE') return;
  const message = `The output is incomplete, for it could not be written: ${error.message}. Write it elsewhere.`;
  process.stderr.write(`memae: CLI_UNWRITABLE: ${message}\n`);
  process.exit(exitCodes.failed);
});

const status = await runCli(process.argv.slice(2), {
  registry: createRegistry(architectures),
  backends: (options) => [ortBackend(options), ...tfjsBackends(options), referenceBackend],
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
  signal: interruption.signal,
  onHangup: (listener) => process.on('SIGHUP', listener),
  clock: () => performance.now(),
});
process.exitCode = status === exitCodes.interrupted ? (asked?.status ?? status) : status;
