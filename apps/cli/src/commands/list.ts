// `memae list`: the methods with their options and presets, the data sets known by name, the engines.

import { knownPools } from '@memae/datasets';
import { type AnyDetectorPlugin, describeOption } from '@memae/training';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';

export function listCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'list',
    {
      summary: 'List methods with their options, data sets and engines',
      examples: ['memae list', 'memae list --json'],
    },
    context,
  ).action(async () => {
    finish(await list(context));
  });
}

async function list({ registry, backends }: CliContext): Promise<Output> {
  const methods = registry.list();
  const engines = await Promise.all(
    backends({}).map(async (provider) => ({
      id: provider.id,
      unavailable: await provider.unavailable(),
    })),
  );
  return {
    document: {
      methods: methods.map(({ id, title, citation, modalities, options, presets }) => ({
        id,
        title,
        citation,
        modalities,
        options,
        presets,
      })),
      data: knownPools,
      engines,
    },
    text: [
      ...methods.map(describeMethod),
      `Data sets: ${knownPools.join(', ')}, or the path of a folder\n`,
      `Engines: ${engines.map(({ id, unavailable }) => id + (unavailable === null ? '' : ` (cannot run here: ${unavailable})`)).join(', ')}\n`,
    ].join('\n'),
  };
}

function describeMethod({ id, title, citation, options, presets }: AnyDetectorPlugin): string {
  const width = Math.max(...Object.keys(options).map((name) => name.length));
  const lines = Object.entries(options).map(
    ([name, option]) =>
      `    ${name.padEnd(width)}  ${String(option.default)} (${describeOption(option)}): ${option.about}\n`,
  );
  const named = Object.keys(presets).join(', ');
  return (
    `${id}: ${title}\n  ${citation}\n` +
    (named === '' ? '' : `  Presets: ${named}\n`) +
    `  Options, each with its default:\n${lines.join('')}`
  );
}
