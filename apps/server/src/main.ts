#!/usr/bin/env node
// The program memae-server: the one place of this package that touches the process. `memae serve` is the same.

import { parseArgs } from 'node:util';
import { flagOf, optionNames, settle, tellOption } from './options.ts';
import { readConfig, serve } from './serve.ts';

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    end.abort();
  });
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      config: { type: 'string' },
      ...Object.fromEntries(
        optionNames.map((name) => [flagOf(name).slice(2), { type: 'string' }] as const),
      ),
    },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  if (given['help'] === true) {
    process.stdout.write(help());
  } else {
    const settings = settle({
      flags: Object.fromEntries(optionNames.map((name) => [name, given[flagOf(name).slice(2)]])),
      models: positionals,
      env: process.env,
      ...(typeof given['config'] === 'string' && { file: await readConfig(given['config']) }),
    });
    await serve(settings, {
      cwd: process.cwd(),
      env: process.env,
      onHangup: (listener) => process.on('SIGHUP', listener),
      signal: end.signal,
      log: process.stderr,
      clock: () => performance.now(),
      now: () => Date.now(),
      onListening: (urls) =>
        process.stdout.write(`Serving ${settings.models.join(', ')} at ${urls.join(' and ')}\n`),
    });
    // Whatever a request that did not end has left behind.
    process.exit(0);
  }
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'SERVER_INTERNAL';
  process.stderr.write(
    `memae-server: ${code}: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = ['SERVER_BAD_OPTION', 'ERR_PARSE_ARGS_UNKNOWN_OPTION'].includes(code) ? 2 : 1;
}

function help(): string {
  const lines = optionNames.map((name) => `  ${flagOf(name).padEnd(32)} ${tellOption(name)}\n`);
  return `Usage: memae-server [options] <models...>

Serves folders that memae train wrote: runs/five, digits=runs/five, digits@2=runs/five-again, or a folder of versions 1, 2, …

Options:
  ${'--config'.padEnd(32)} a YAML or JSON file with these options by their names in camel case, and models
${lines.join('')}`;
}
