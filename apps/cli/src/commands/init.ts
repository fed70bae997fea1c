// `memae init`: a configuration for the data at hand, every option in it with what it is and what it comes to.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { type CliContext, type Output, programOf } from '../context.ts';
import { aboutDataOptions, shortDataOptions } from '../data-options.ts';
import { openData } from '../data-source.ts';
import { cliError } from '../error.ts';
import { createProgress } from '../progress.ts';
import { type RunConfig, resolveConfig } from '../run-config.ts';
import { type RunFlags, defineRunCommand } from '../run-flags.ts';
import { aboutKeys } from '../run-schema.ts';
import { withSuitedSize } from '../suited-size.ts';
import { requireSpare } from '../require-spare.ts';
import { writeOutput } from '../write-output.ts';

interface InitFlags extends RunFlags {
  readonly out: string;
  readonly force?: true | undefined;
  readonly json?: true | undefined;
}

export function initCommand(context: CliContext, finish: (output: Output) => void) {
  return defineRunCommand(
    'init',
    {
      summary: 'Write a commented configuration for the data at hand, to train with',
      examples: [
        'memae init pictures/ --normal good --size 64x64',
        'memae init sales.csv --label fraud --out sales.yaml',
        'memae init mnist --normal 5 --method ae && memae train --config memae.yaml --out runs/five',
      ],
    },
    context,
  )
    .argument('<name|path>', 'the data, as for train')
    .option('--out <file>', 'where the configuration goes', 'memae.yaml')
    .option('--force', 'write over a file that is there')
    .action(async (data, flags) => {
      finish(await init(data, flags, context));
    });
}

async function init(data: string, flags: InitFlags, context: CliContext): Promise<Output> {
  const file = resolve(context.cwd, flags.out);
  if (existsSync(file) && flags.force !== true) {
    throw cliError(
      'CLI_USAGE',
      `${flags.out} is there already. Give --force to write over it, or another --out.`,
    );
  }
  await requireSpare(file, { inputs: [data], cwd: context.cwd });
  const progress = createProgress(context, { json: flags.json === true });
  const resolved = resolveConfig(
    {
      data,
      normal: flags.normal,
      size: flags.size,
      method: flags.method,
      preset: flags.preset,
      dataOptions: { ...flags.dataOption, ...shortDataOptions(flags) },
    },
    context,
  );
  const config = await withSuitedSize(resolved, context, progress);
  const split = await openData(config, context, progress);
  const settled = context.registry.get(config.method).resolve(config.options, split.train);
  const text = configurationText(config, { settled, context });
  await writeOutput(file, text);
  return {
    document: { file, config },
    text: `${flags.out} is written for ${split.name}. Train with it:\n  ${programOf(context)} train --config ${flags.out} --out runs/first\n`,
  };
}

/** YAML in which what is set stands, and all else stands commented out with its value. */
function configurationText(
  config: RunConfig,
  { settled, context }: { readonly settled: RunConfig['options']; readonly context: CliContext },
): string {
  const { options: table } = context.registry.get(config.method);
  const key = (name: keyof typeof aboutKeys): string => {
    const value: unknown = config[name];
    return `# ${aboutKeys[name]}\n${value === null ? '# ' : ''}${oneLine({ [name]: value })}`;
  };
  const dataOptions = Object.entries(aboutDataOptions).map(([name, about]) => {
    const value: unknown = (config.dataOptions as Readonly<Record<string, unknown>>)[name];
    return value === undefined
      ? `  # ${name}: ${about}`
      : `  # ${about}\n  ${oneLine({ [name]: value })}`;
  });
  const options = Object.entries(table).map(([name, { about, default: usual }]) => {
    const value = config.options[name];
    const comes = value === 'auto' ? ` Here: ${String(settled[name])}.` : '';
    return `  # ${about}.${comes}\n  ${value === usual ? '# ' : ''}${oneLine({ [name]: value })}`;
  });
  return `${[
    `# yaml-language-server: $schema=https://unpkg.com/memae@${packageJson.version}/run.schema.json`,
    '# A line that is commented out says what holds without it.',
    ...(['data', 'normal', 'size', 'limit'] as const).map(key),
    [`# ${aboutKeys.dataOptions}`, 'dataOptions:', ...dataOptions].join('\n'),
    ...(['method', 'preset'] as const).map(key),
    [`# ${aboutKeys.options} ${config.method}`, 'options:', ...options].join('\n'),
    ...(['seed', 'thresholdRule', 'falseAlarms', 'engine'] as const).map(key),
  ].join('\n\n')}\n`;
}

function oneLine(value: Readonly<Record<string, unknown>>): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 })
    .trim()
    .replace(/^\{ (.*) \}$/s, '$1');
}
