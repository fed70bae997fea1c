// `memae data get` and `memae data check`: known data sets fetched, and any data looked at before training.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import {
  type FoundEdition,
  type Published,
  checkPublished,
  cifar10Published,
  findEdition,
  findPublished,
  kddPublished,
  knownData,
  mnistPublished,
  textureNames,
  writeTextures,
} from '@memae/datasets';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { dataFolders } from '../data-source.ts';
import { cliError } from '../error.ts';
import { type LookOptions, lookAt } from '../look-at-data.ts';
import { dataOption, imageSize } from '../parse.ts';
import { createProgress } from '../progress.ts';
import {
  columnsOption,
  groupOption,
  labelOption,
  parseDataOptions,
  shortDataOptions,
  strictOption,
  strideOption,
  timeOption,
  whereOption,
  windowOption,
} from '../data-options.ts';
import { locateData } from '../run-config.ts';

/** Data sets whose files are known by their checksums. */
const published: readonly Published[] = [mnistPublished, cifar10Published, kddPublished];

const names = knownData.map(({ name }) => name).join(', ');

export function dataCommand(context: CliContext, finish: (output: Output) => void) {
  const get = defineCommand(
    'get',
    {
      summary: 'Find a known data set, or download it',
      examples: [
        'memae data get mnist',
        'memae data get kddcup99',
        'memae data get textures --out textures --size 128x128',
        'MEMAE_DATA=/data memae data get mnist --json',
      ],
    },
    context,
  )
    .argument('<name>', `one of ${names}`)
    .option('--out <folder>', 'of textures, where they are written as pictures')
    .option('--size <height>x<width>', 'of textures that are written (default: 64x64)', imageSize)
    .action(async (name, flags) => {
      const { out, size, json } = flags;
      if (name !== 'textures' && (out ?? size) !== undefined) {
        throw cliError(
          'CLI_USAGE',
          '--out and --size are for textures, which are drawn: leave them out.',
        );
      }
      finish(
        name === 'textures' && out !== undefined
          ? await drawTextures(out, size, context)
          : await getData(name, { json: json === true }, context),
      );
    });
  const check = defineCommand(
    'check',
    {
      summary: 'Check the files of a known data set, or read any data as training would',
      examples: [
        'memae data check mnist',
        'memae data check pictures/ --size 64x64',
        'memae data check videos/ --size 64x64',
        'memae data check sales.csv --label fraud',
      ],
    },
    context,
  )
    .argument(
      '<name|path>',
      `one of ${names}; or a folder of IDX files, pictures or videos; or a file of a table`,
    )
    .option('--size <height>x<width>', 'resize pictures and frames', imageSize)
    .option('--data-option <name=value>', 'as for train; may be repeated', dataOption)
    .option(
      '--normal <value>',
      'of images, the class that is normal; of a file of a table, the value of its label in normal rows',
    )
    .addOption(strictOption())
    .addOption(labelOption())
    .addOption(columnsOption())
    .addOption(whereOption())
    .addOption(windowOption())
    .addOption(strideOption())
    .addOption(timeOption())
    .addOption(groupOption())
    .action(async (name, flags) => {
      const known = published.find((each) => each.name === name);
      finish(
        known !== undefined && known !== cifar10Published
          ? await checkFiles(known, context)
          : await checkData(
              {
                data: locateData(name, context.cwd),
                size: flags.size ?? null,
                dataOptions: parseDataOptions({
                  ...flags.dataOption,
                  ...shortDataOptions(flags),
                }),
                normal: flags.normal ?? null,
              },
              { json: flags.json === true },
              context,
            ),
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

/** The drawn pictures as files, laid out as MVTec AD. */
async function drawTextures(
  out: string,
  size: readonly [number, number] | undefined,
  { cwd, signal }: CliContext,
): Promise<Output> {
  const folder = resolve(cwd, out);
  const pictures = await writeTextures(folder, { signal, ...(size && { size }) });
  return {
    document: { name: 'textures', folder, pictures },
    text:
      `textures: ${pictures} pictures and their masks are in ${folder}, a folder for each of ${textureNames.join(', ')}, ` +
      'laid out as MVTec AD.\n',
  };
}

async function getData(
  name: string,
  options: { readonly json: boolean },
  context: CliContext,
): Promise<Output> {
  const known = knownData.find((each) => each.name === name);
  if (known === undefined) {
    throw cliError('CLI_USAGE', `There is no data set ${name} to fetch. Known: ${names}.`);
  }
  if (known.comes === 'drawn') {
    return {
      document: { name, folder: null },
      text: `${name} is drawn when it is used: there is nothing to fetch.\n`,
    };
  }
  const progress = createProgress(context, options);
  const files = published.find((each) => each.name === name);
  try {
    if (files === undefined) return await lookAt(bare(name), { context, progress, decode: false });
    const there = files === cifar10Published ? await cifarFolder(context) : undefined;
    if (there !== undefined) {
      const { folder, kind } = there;
      return { document: { name, folder, kind }, text: `${name} is in ${folder} (${kind})\n` };
    }
    const folder = await findPublished(files, {
      ...dataFolders(context),
      signal: context.signal,
      onProgress: progress.onDownload,
    });
    return { document: { name, folder }, text: `${name} is in ${folder}\n` };
  } finally {
    progress.end();
  }
}

/** CIFAR-10 in any of its editions, which is good enough not to be downloaded again. */
async function cifarFolder(
  context: CliContext,
): Promise<(FoundEdition & { readonly folder: string }) | undefined> {
  const { root, cache } = dataFolders(context);
  for (const folder of [root, cache].flatMap((each) => (each ? [join(each, 'cifar10')] : []))) {
    const found = await findEdition(folder);
    if (found !== undefined) return { ...found, folder };
  }
  return undefined;
}

function bare(data: string): LookOptions {
  return { data, size: null, dataOptions: {}, normal: null };
}

/** The files where `data get` finds them or would put them. */
async function checkFiles(known: Published, context: CliContext): Promise<Output> {
  const { name } = known;
  const { root, cache } = dataFolders(context);
  const candidates = [...(root === undefined ? [] : [join(root, name)]), join(cache, name)];
  const folder = candidates.find((path) => existsSync(path)) ?? join(cache, name);
  const files = await checkPublished(known, folder);
  const ok = files.every(({ status }) => status === 'ok');
  const lines = files.map(({ path, status }) => `${status.padEnd(14)}  ${path}\n`);
  return {
    document: { name, folder, ok, files },
    text: lines.join('') + (ok ? '' : `memae data get ${name} fetches what is missing.\n`),
    status: ok ? 0 : 1,
  };
}

async function checkData(
  request: LookOptions,
  options: { readonly json: boolean },
  context: CliContext,
): Promise<Output> {
  const progress = createProgress(context, options);
  try {
    return await lookAt(request, { context, progress, decode: true });
  } finally {
    progress.end();
  }
}
