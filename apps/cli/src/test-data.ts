// What a finished run is evaluated on: the test part of its own split, or other labelled data whole.

import {
  type LabelledDataset,
  type Modality,
  firstOfEachClass,
  labelledImageFolder,
  labelledDataset,
  labelledTableFileRows,
  modalityOf,
  openVideoTest,
  seriesRows,
} from '@memae/datasets';
import { createRandom, hasCode } from '@memae/graph';
import type { Manifest, Preparation } from '@memae/onnx';
import type { CliContext } from './context.ts';
import { asSplitOptions } from './data-options.ts';
import {
  type DataRequest,
  dataFolders,
  ffmpegOf,
  inWords,
  isPictureFolder,
  isTrainedOn,
  openData,
  openImages,
  pictureFolderOptions,
} from './data-source.ts';
import { cliError } from './error.ts';
import type { Progress } from './progress.ts';

/** Samples with the truth about each, and which part of the data they are. */
export interface TestData {
  readonly part: 'test' | 'all';
  readonly dataset: LabelledDataset;
  /** The data set and, where there are several, its edition. */
  readonly name: string;
  /** Who is normal, and how samples were divided. */
  readonly protocol: string;
}

export interface TestRequest extends DataRequest {
  /** Whether data other than those of the run were asked for. */
  readonly other: boolean;
}

interface Opening {
  readonly manifest: Manifest;
  readonly context: CliContext;
  readonly progress: Progress;
}

/**
 * The test part of the split that training made; of other images all samples, of other videos the test videos.
 * @throws `CLI_DATA_DIFFERS` when the run's own data are no longer those it was trained on, and for other tables,
 *   whose numbers would mean something else; `DATASET_EMPTY` when the normal class is missing
 */
export async function openTestData(request: TestRequest, opening: Opening): Promise<TestData> {
  const { data, other } = request;
  const { manifest, context, progress } = opening;
  const modality = await modalityOf(data, request.dataOptions);
  requireKind(modality, { data, manifest });
  const { preparation } = manifest;
  if (other && (preparation?.kind === 'table' || preparation?.kind === 'series')) {
    return otherTable(request, opening, preparation);
  }
  try {
    // What is to be said of tables was said in training; pictures may have broken since.
    const quiet = modality === 'image' ? progress : { ...progress, onWarning: () => undefined };
    const prepared = other ? undefined : manifest.preparation;
    const split = await openData(request, context, quiet, prepared);
    const { name, test, protocol } = split;
    if (await isTrainedOn(split, manifest.data.fingerprint)) {
      if (test.length === 0) throw unlabelled(data, modality);
      return { part: 'test', dataset: test, name, protocol };
    }
    if (other && 'layout' in split && !isPictureFolder(data)) {
      return { part: 'all', dataset: test, name, protocol };
    }
  } catch (error) {
    // Of other data, what is tested is enough: there need be nothing to learn from, and of pictures that are laid out for a
    // test, no class.
    const unfit =
      hasCode(error, 'DATASET_EMPTY') ||
      (modality === 'image' && hasCode(error, 'DATASET_BAD_OPTION'));
    if (!(other && unfit)) throw error;
    const whole = await wholeOf(modality, { request, opening });
    if (whole === undefined) throw error;
    return whole;
  }
  const whole = other ? await wholeOf(modality, { request, opening }) : undefined;
  if (whole !== undefined) return whole;
  throw cliError(
    'CLI_DATA_DIFFERS',
    `The samples of ${data} are not those that the model was trained on: the data, the class, the limit, an ` +
      'option of the data or the seed has changed. ' +
      (modality === 'tabular'
        ? preparation?.kind === 'rows'
          ? 'A model of rows is evaluated on its own table only.'
          : 'Name another file of its columns by --data to evaluate on all of it.'
        : 'Name other labelled data by --data to evaluate on all of it.'),
  );
}

function requireKind(
  modality: Modality,
  { data, manifest }: { readonly data: string; readonly manifest: Manifest },
): void {
  const kind = manifest.preparation?.kind ?? 'pictures';
  const taken = kind === 'clips' ? 'video' : kind === 'pictures' ? 'image' : 'tabular';
  if (modality === taken) return;
  throw cliError(
    'CLI_DATA_DIFFERS',
    `The model was trained on ${inWords[taken]}, but ${data} is ${inWords[modality]}. Name data of its kind.`,
  );
}

/** All rows of another file with the columns that the model takes. */
async function otherTable(
  { data, normal, dataOptions }: TestRequest,
  { context, progress: { onWarning } }: Opening,
  preparation: Extract<Preparation, { kind: 'table' | 'series' }>,
): Promise<TestData> {
  const { label, format, where } = dataOptions;
  if (label === undefined) throw unlabelled(data, 'tabular');
  if (preparation.columns.some(({ name }) => name === label)) {
    throw cliError(
      'CLI_USAGE',
      `The model learned from the column "${label}", so it sees the truth that it would be measured by. Name another column by ` +
        `--label, or train without this one: --data-option drop=${label}, or --label ${label} from the start.`,
    );
  }
  const options = {
    ...dataFolders(context),
    schema: preparation.columns,
    label,
    signal: context.signal,
    onWarning,
    ...(normal !== null && { normal }),
    ...(format !== undefined && { format }),
    ...(where !== undefined && { where }),
  };
  const dataset =
    preparation.kind === 'table'
      ? await labelledTableFileRows(data, options)
      : await seriesRows(data, { ...options, series: preparation });
  const { name } = dataset;
  return { part: 'all', dataset, name, protocol: `all rows, normal as the column ${label} says` };
}

function unlabelled(data: string, modality: Modality) {
  const [samples, remedy] = {
    tabular: ['rows', 'Name a file that has one by --data, and its column by --label.'],
    image: [
      'images',
      'Name labelled data by --data: a folder with sub-folders by class (and --normal, the normal one), or with ' +
        'train/good and test/<kind>.',
    ],
    video: [
      'frames',
      'Name videos that have some by --data, and the file that says which by --data-option labels=FILE.',
    ],
  }[modality] as [string, string];
  return cliError(
    'CLI_USAGE',
    `There are no labels that say which ${samples} of ${data} are anomalous, so nothing can be measured. ${remedy}`,
  );
}

/** Nothing where data of this kind are not taken whole. */
function wholeOf(
  modality: Modality,
  { request, opening }: { readonly request: TestRequest; readonly opening: Opening },
): Promise<TestData | undefined> {
  if (modality === 'image') return wholePool(request, opening);
  return modality === 'video' ? otherVideos(request, opening) : Promise.resolve(undefined);
}

/** The test videos, or of the user's own clips all. */
async function otherVideos(
  { data, size, dataOptions, seed }: TestRequest,
  { context, progress }: Opening,
): Promise<TestData> {
  const { root } = dataFolders(context);
  const dataset = await openVideoTest(data, {
    ...asSplitOptions(dataOptions).video,
    ...ffmpegOf(context),
    ...(root !== undefined && { root }),
    ...(size !== null && { size }),
    signal: context.signal,
    onProgress: progress.onDecoding,
    random: createRandom(seed),
  });
  const { name } = dataset;
  const protocol = `all ${dataset.videos.length} test videos, frames at the ends ${dataset.ends === 'trim' ? 'without a clip' : 'with a clip filled up'}`;
  return { part: 'all', dataset, name, protocol };
}

/** Nothing where there is no such class. */
async function wholePool(
  request: TestRequest,
  { context, progress }: Opening,
): Promise<TestData | undefined> {
  const { data, normal, limit } = request;
  if (isPictureFolder(data)) {
    const dataset = await labelledImageFolder(data, {
      ...pictureFolderOptions(request, context, progress),
      ...(normal !== null && { normal }),
    });
    const { name } = dataset;
    const said = normal === null ? 'all images to test on' : `all images, ${normal} as normal`;
    return { part: 'all', dataset, name, protocol: said };
  }
  const whole = await openImages(request, context, progress);
  const pool = limit === null ? whole : firstOfEachClass(whole, limit);
  const known = pool.classes.indexOf(normal ?? '');
  if (known < 0) return undefined;
  return {
    part: 'all',
    name: pool.name,
    protocol: `all samples, class ${normal ?? ''} as normal`,
    dataset: labelledDataset({
      name: pool.name,
      modality: 'image',
      samples: pool.images,
      labels: pool.labels.map((label) => (label === known ? 0 : 1)),
      ...(pool.keys === undefined ? {} : { keys: pool.keys }),
    }),
  };
}
