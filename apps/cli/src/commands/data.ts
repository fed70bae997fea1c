// `memae data get` and `memae data check`: known data sets fetched, and any data looked at before training.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { checkMnist, findMnist, knownPools } from '@memae/datasets';
import { formatShape } from '@memae/graph';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { dataFolders, openData } from '../data-source.ts';
import { cliError } from '../error.ts';
import { imageSize } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { locateData } from '../run-config.ts';

export function dataCommand(context: CliContext, finish: (output: Output) => void) {
  const get = defineCommand(
    'get',
    {
      summary: 'Find a known data set, or download it',
      examples: ['memae data get mnist', 'MEMAE_DATA=/data memae data get mnist --json'],
    },
    context,
  )
    .argument('<name>', knownPools.join(' or '))
    .action(async (name, flags) => {
      finish(await getData(name, { json: flags.json === true }, context));
    });
  const check = defineCommand(
    'check',
    {
      summary: 'Check the files of a known data set, or read a folder as training would',
      examples: ['memae data check mnist', 'memae data check pictures/ --size 64x64'],
    },
    context,
  )
    .argument('<name|folder>', `${knownPools.join(' or ')}, or a folder of IDX files or pictures`)
    .option('--size <height>x<width>', 'resize pictures', imageSize)
    .action(async (name, flags) => {
      finish(
        name === 'mnist'
          ? await checkMnistFiles(context)
          : await checkData(name, { size: flags.size ?? null, json: flags.json === true }, context),
      );
    });
  return new Command('data')
    .summary('Fetch and check data')
    .description(
      'Fetch and check data. Known data sets are looked for in the folder MEMAE_DATA, then in the cache.',
    )
    .addCommand(get)
    .addCommand(check);
}

async function getData(
  name: string,
  options: { readonly json: boolean },
  context: CliContext,
): Promise<Output> {
  if (name === 'strokes') {
    return {
      document: { name, folder: null },
      text: 'strokes is drawn when it is used: there is nothing to fetch.\n',
    };
  }
  if (name !== 'mnist') {
    throw cliError(
      'CLI_USAGE',
      `There is no data set ${name} to fetch. Known: ${knownPools.join(', ')}.`,
    );
  }
  const progress = createProgress(context, options);
  try {
    const folder = await findMnist({
      ...dataFolders(context),
      signal: context.signal,
      onProgress: progress.onDownload,
    });
    return { document: { name, folder }, text: `mnist is in ${folder}\n` };
  } finally {
    progress.end();
  }
}

/** The files where `data get` finds them or would put them. */
async function checkMnistFiles(context: CliContext): Promise<Output> {
  const { root, cache } = dataFolders(context);
  const candidates = [...(root === undefined ? [] : [join(root, 'mnist')]), join(cache, 'mnist')];
  const folder = candidates.find((path) => existsSync(path)) ?? join(cache, 'mnist');
  const files = await checkMnist(folder);
  const ok = files.every(({ status }) => status === 'ok');
  const lines = files.map(({ path, status }) => `${status.padEnd(14)}  ${path}\n`);
  return {
    document: { name: 'mnist', folder, ok, files },
    text: lines.join('') + (ok ? '' : 'memae data get mnist fetches what is missing.\n'),
    status: ok ? 0 : 1,
  };
}

async function checkData(
  name: string,
  options: { readonly size: readonly [number, number] | null; readonly json: boolean },
  context: CliContext,
): Promise<Output> {
  const progress = createProgress(context, options);
  const data = locateData(name, context.cwd);
  const { images, labels, classes } = await openData(
    { data, size: options.size, limit: null },
    context,
    progress,
  );
  const [samples = 0, ...shape] = images.shape;
  const counts = Object.fromEntries(
    classes.map((each, index) => [each, labels.filter((label) => label === index).length]),
  );
  const listed = Object.entries(counts).map(([each, count]) => `  ${each}: ${count}\n`);
  return {
    document: { name: data, samples, dtype: images.dtype, shape, classes: counts },
    text: `${data}: ${samples} samples, ${images.dtype} ${formatShape(shape)}, by class:\n${listed.join('')}`,
  };
}
