// Any data read as training would, and told what they are: samples by class, rows, or videos.

import {
  type ImageFolder,
  type RowColumn,
  type VideoSplit,
  flows,
  modalityOf,
  openImageFolder,
  openVideoSplit,
  textureNames,
  textures,
} from '@memae/datasets';
import { createRandom, formatShape } from '@memae/graph';
import type { CliContext, Output } from './context.ts';
import { asSplitOptions } from './data-options.ts';
import {
  dataFolders,
  ffmpegOf,
  isPictureFolder,
  openData,
  openImages,
  pictureFolderOptions,
} from './data-source.ts';
import { defaultSeed } from './command.ts';
import { type Progress, figure } from './progress.ts';
import type { RunConfig } from './run-config.ts';
import { withSuitedSize } from './suited-size.ts';

export type LookOptions = Pick<RunConfig, 'data' | 'size' | 'dataOptions' | 'normal'>;

interface Looking {
  readonly context: CliContext;
  readonly progress: Progress;
  /** Whether the frames of videos are decoded, too; names, numbers and labels are checked at once. */
  readonly decode: boolean;
}

/** @throws as opening and reading the data */
export async function lookAt(options: LookOptions, looking: Looking): Promise<Output> {
  switch (await modalityOf(options.data, options.dataOptions)) {
    case 'image':
      return lookAtImages(options, looking);
    case 'video':
      return lookAtVideos(options, looking);
    case 'tabular':
      return options.data === 'flows' ? lookAtFlows(options) : lookAtTable(options, looking);
  }
}

async function lookAtImages(options: LookOptions, { context, progress }: Looking): Promise<Output> {
  const { data } = options;
  if (data === 'textures') return toldFolder(textures(options.normal ?? textureNames[0]));
  if (isPictureFolder(data)) {
    const sized = await withSuitedSize(options, context, progress);
    const reading = pictureFolderOptions({ ...sized, limit: null }, context, progress);
    return toldFolder(
      await openImageFolder(data, { ...reading, normal: options.normal ?? undefined }),
    );
  }
  const { name, images, labels, classes } = await openImages(options, context, progress);
  const [samples = 0, ...shape] = images.shape;
  const counts = countsOf(labels, classes);
  const shown = name.startsWith(`${data} `) ? name : data;
  return {
    document: { name: shown, samples, dtype: images.dtype, shape, classes: counts },
    text: `${shown}: ${samples} samples, ${images.dtype} ${formatShape(shape)}, by class:\n${listed(counts)}`,
  };
}

function toldFolder({ name, layout, description, places, store, classes }: ImageFolder): Output {
  const counts = Object.fromEntries(
    classes.map((each) => [each, places.filter(({ of }) => of === each).length]),
  );
  const [first = { height: 0, width: 0 }] = store.images;
  return {
    document: {
      name,
      layout,
      description,
      samples: places.length,
      dtype: 'uint8',
      shape: [store.channels, first.height, first.width],
      classes: layout === 'flat' ? {} : counts,
    },
    text: `${description}\n${layout === 'flat' ? '' : listed(counts)}`,
  };
}

/** The one known table that is not checked by its file's checksum. */
function lookAtFlows({ data }: LookOptions): Output {
  const { table, labels, classes, anomalies } = flows();
  const counts = countsOf(labels, classes);
  return {
    document: {
      name: data,
      samples: table.length,
      columns: table.columns.map(({ name, kind }) => ({ name, kind })),
      classes: counts,
      anomalies,
    },
    text:
      `${data}: ${table.length} rows of ${table.columns.length} columns, of which ${anomalies.join(', ')} are ` +
      `anomalies, by class:\n${listed(counts)}`,
  };
}

/** What becomes of each column, and of the rows. */
async function lookAtTable(
  { data, normal, dataOptions }: LookOptions,
  { context, progress }: Looking,
): Promise<Output> {
  const request = { data, normal, dataOptions, limit: null, size: null, seed: defaultSeed };
  const split = await openData(request, context, progress);
  const { name, protocol, train, validation, test } = split;
  const [schema, description] =
    'schema' in split ? [split.schema, split.description] : [[], split.name];
  const lines = schema.map((column) => `  ${column.name}: ${described(column)}\n`);
  return {
    document: {
      name,
      description,
      protocol,
      features: train.sampleShape[0],
      columns: schema,
      samples: { train: train.length, validation: validation.length, test: test.length },
    },
    text:
      `${description}\n${lines.join('')}${train.sampleShape[0] ?? 0} numbers a row; ${train.length} rows to learn from, ` +
      `${validation.length} held out, ${test.length} to test on (${protocol})\n`,
  };
}

function described(column: RowColumn): string {
  const gaps = column.flagged ? ', some missing' : '';
  switch (column.kind) {
    case 'number':
      return `number, (x − ${figure(column.shift)}) / ${figure(column.scale)}${gaps}`;
    case 'category':
      return `${column.categories.length} categories${gaps}`;
    case 'hashed':
      return `many categories, hashed into ${column.buckets}${gaps}`;
    case 'date':
      return `date${column.format === undefined ? '' : `, written ${column.format}`}, as ${column.parts.map((part) => (part === 'epoch' ? 'time' : `time of the ${part}`)).join(', ')}${gaps}`;
  }
}

async function lookAtVideos(
  options: LookOptions,
  { context, progress, decode }: Looking,
): Promise<Output> {
  const { data, size, dataOptions } = await withSuitedSize(options, context, progress);
  const { root } = dataFolders(context);
  const split = await openVideoSplit(data, {
    ...(root !== undefined && { root }),
    ...(size !== null && { size }),
    signal: context.signal,
    ...asSplitOptions(dataOptions).video,
    ...ffmpegOf(context),
    onProgress: progress.onDecoding,
    random: createRandom(0),
  });
  if (decode) await decodeAll(split, progress);
  const { name, train, validation, test } = split;
  const videos = test.videos.map((video) => ({
    name: video.name,
    frames: video.frames,
    anomalous: video.labels.reduce((count, label) => count + label, 0),
    masks: video.masks !== undefined,
  }));
  const frames = videos.reduce((sum, video) => sum + video.frames, 0);
  const anomalous = videos.reduce((sum, video) => sum + video.anomalous, 0);
  const masked = videos.filter(({ masks }) => masks).length;
  const lines = videos.map((video) => `  ${video.name}: ${video.frames}, ${video.anomalous}\n`);
  return {
    document: {
      name,
      ...(split.description !== undefined && { description: split.description }),
      dtype: test.dtype,
      shape: test.sampleShape,
      trainingClips: train.length + validation.length,
      testClips: test.length,
      testVideos: videos,
    },
    text:
      `${split.description === undefined ? '' : `${split.description}\n`}${name}: clips of ${test.dtype} ${formatShape(test.sampleShape)}, ${train.length + validation.length} to ` +
      `learn from; ${videos.length} test videos of ${frames} frames, ${anomalous} of them anomalous, ` +
      `${masked} with pixel masks${lines.length === 0 ? '' : '; frames and anomalous ones:'}\n${lines.join('')}`,
  };
}

async function decodeAll(
  { train, validation, test }: VideoSplit,
  { status }: Progress,
): Promise<void> {
  for (const part of [train, validation, test]) {
    for await (const { keys } of part.batches({ size: 1 })) status(`read ${keys.join()}`);
  }
}

function countsOf(labels: Uint8Array, classes: readonly string[]): Record<string, number> {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return Object.fromEntries(classes.map((each, i) => [each, counts[i] ?? 0]));
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `  ${name}: ${count}\n`)
    .join('');
}
