// Pixel masks as data sets keep them: a picture a frame, an NPY file a video, or a MAT-file a video.

import { formatShape } from '@memae/graph';
import { datasetError } from '../error.ts';
import { readMat } from '../formats/read-mat.ts';
import { readNpy } from '../formats/read-npy.ts';
import { readImages } from '../images/read-images.ts';
import { readBytes } from '../read-bytes.ts';
import type { RawMasks } from './resize-masks.ts';

/** Pictures without losses: JPEG would blur 0 and 1. */
export const maskName = /\.(png|bmp|tiff?)$/i;

/**
 * Masks that are pictures (PNG, TIFF, BMP), in the order of the frames.
 * @throws `DATASET_CORRUPT` naming one that is broken or of another size than the first.
 */
export async function readMaskPictures(files: readonly string[]): Promise<RawMasks> {
  const [file = ''] = files;
  const { data, shape } = await readImages(files, { mask: true });
  const [, , height = 0, width = 0] = shape;
  const size = height * width;
  const frames = files.map((_, i) => data.subarray(i * size, (i + 1) * size));
  return { file, height, width, frames };
}

/**
 * Masks of one video in an NPY file, `[frames, height, width]`.
 * @throws `DATASET_CORRUPT` for another format or shape.
 */
export async function readMaskNpy(file: string): Promise<RawMasks> {
  const { shape, data } = readNpy(await readBytes(file), file);
  const [length = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: masks frames×height×width were expected, but ${formatShape(shape)} came. Save them so.`,
    );
  }
  const size = height * width;
  const frames = Array.from({ length }, (_, i) => data.subarray(i * size, (i + 1) * size));
  return { file, height, width, frames };
}

/**
 * Masks of one video in a MAT-file: a row of cells, one a frame, each height × width.
 * @throws `DATASET_CORRUPT` for another format, and for cells of several sizes.
 */
export async function readMaskMat(file: string): Promise<RawMasks> {
  for (const variable of readMat(await readBytes(file), file).values()) {
    if (variable.kind !== 'cells') continue;
    const frames = variable.cells.flatMap((cell) => (cell.kind === 'numbers' ? [cell] : []));
    const [height = 0, width = 0] = frames[0]?.shape ?? [];
    const alike = frames.every(({ shape }) => formatShape(shape) === formatShape([height, width]));
    if (!alike || frames.length !== variable.cells.length) break;
    return { file, height, width, frames: frames.map(({ data }) => data), columns: true };
  }
  throw datasetError(
    'DATASET_CORRUPT',
    `${file}: a row of cells, one a frame, that are masks of one size was expected, as the variable volLabel of ` +
      "Avenue's files, but none came. Fetch the masks again.",
  );
}
