// `memae serve`: finished runs over HTTP, until a signal ends it.

import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import {
  type OptionName,
  flagOf,
  optionNames,
  readConfig,
  serve,
  settle,
  tellOption,
} from '@memae/server';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';

type ServeFlags = { readonly [Name in OptionName]?: unknown } & {
  readonly config?: string | undefined;
  readonly json?: true | undefined;
};

export function serveCommand(context: CliContext, finish: (output: Output) => void) {
  const command = defineCommand(
    'serve',
    {
      summary: 'Serve finished runs over HTTP and gRPC by the Open Inference Protocol',
      examples: [
        'memae serve runs/five',
        'memae serve digits=runs/five runs/ped2 --port 9000 --instances 2',
        'memae serve runs/five --grpc-port 8081',
        'memae serve --config serve.yaml',
      ],
      engine: 'what computes: ort',
    },
    context,
  )
    .argument(
      '[runs...]',
      'folders that memae train wrote, as runs/five, five=runs/x or five@2=runs/x; or of versions 1, 2, …',
    )
    .option(
      '--config <file>',
      'a YAML or JSON file: models, and these options by their names in camel case',
    );
  for (const name of optionNames) {
    // Every command takes that one.
    if (name === 'threads') continue;
    command.addOption(new Option(`${flagOf(name)} <value>`, tellOption(name)));
  }
  return command.action(async (models, flags) => {
    finish(await serveRuns(models, flags, context));
  });
}

async function serveRuns(
  models: readonly string[],
  flags: ServeFlags,
  { cwd, env, signal, clock, stdout, stderr, onHangup }: CliContext,
): Promise<Output> {
  const file =
    flags.config === undefined ? {} : { file: await readConfig(resolve(cwd, flags.config)) };
  const settings = settle({ flags, models, env, ...file });
  await serve(settings, {
    ...{ cwd, env, signal, clock, log: stderr, ...(onHangup && { onHangup }) },
    now: () => Date.now(),
    onListening: (urls) => {
      if (flags.json !== true)
        stdout.write(`Serving ${settings.models.join(', ')} at ${urls.join(' and ')}\n`);
    },
  });
  return { document: { served: settings.models }, text: '' };
}
