// `memae list`: the methods with their options and presets, the data sets known by name, the engines.

import type { BackendProvider } from '@memae/backend';
import { knownData } from '@memae/datasets';
import { type AnyDetectorPlugin, type Option, describeOption } from '@memae/training';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { use } from '../use.ts';

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
  const engines: Engine[] = [];
  // One by one: native engines load libraries that do not all get along.
  for (const provider of backends({})) engines.push(await lookAt(provider));
  return {
    document: {
      methods: methods.map(({ id, title, citation, modalities, options, presets }) => ({
        id,
        title,
        citation,
        modalities,
        options: Object.fromEntries(Object.entries(options).map(([name, o]) => [name, plain(o)])),
        presets,
      })),
      data: knownData,
      engines,
    },
    text: [...methods.map(describeMethod), describeData(), describeEngines(engines)].join('\n'),
  };
}

interface Engine {
  readonly id: string;
  /** The device and the version; `null` for one that cannot run here. */
  readonly description: string | null;
  readonly unavailable: string | null;
}

async function lookAt(provider: BackendProvider): Promise<Engine> {
  const { id } = provider;
  const unavailable = await provider.unavailable();
  if (unavailable !== null) return { id, description: null, unavailable };
  return use(await provider.open(), ({ description = id }) =>
    Promise.resolve({ id, description, unavailable }),
  );
}

function describeEngines(engines: readonly Engine[]): string {
  const width = Math.max(...engines.map(({ id }) => id.length));
  const lines = engines.map(
    ({ id, description, unavailable }) =>
      `  ${id.padEnd(width)}  ${description ?? `cannot run here: ${unavailable ?? ''}`}\n`,
  );
  return `Engines for --engine, the first unless another is named:\n${lines.join('')}`;
}

/** An option as JSON can hold it: a pattern by its source. */
function plain(option: Option): object {
  return option.type === 'text' ? { ...option, pattern: option.pattern.source } : option;
}

function describeData(): string {
  const width = Math.max(...knownData.map(({ name }) => name.length));
  const kinds = { image: 'images', tabular: 'table', video: 'videos' } as const;
  const lines = knownData.map(
    ({ name, modality, title, comes }) =>
      `  ${name.padEnd(width)}  ${kinds[modality].padEnd(6)}  ${title}; ${comes}\n`,
  );
  return `Data sets, or the path of a folder:\n${lines.join('')}`;
}

function describeMethod({
  id,
  title,
  citation,
  modalities,
  options,
  presets,
}: AnyDetectorPlugin): string {
  const width = Math.max(...Object.keys(options).map((name) => name.length));
  const lines = Object.entries(options).map(
    ([name, option]) =>
      `    ${name.padEnd(width)}  ${String(option.default)} (${describeOption(option)}): ${option.about}\n`,
  );
  const named = Object.keys(presets).join(', ');
  return (
    `${id}: ${title}\n  ${citation}\n  For ${modalities.join(', ')} data\n` +
    (named === '' ? '' : `  Presets: ${named}\n`) +
    `  Options, each with its default:\n${lines.join('')}`
  );
}
