// Pictures and frames of videos: PNG, JPEG and TIFF files as grey images of one size, read by sharp.

import { sizeOf } from '@memae/graph';
import type { Sharp, SharpOptions } from 'sharp';
import type { Samples } from '../dataset.ts';
import { datasetError, reasonOf } from '../error.ts';

export interface ReadImagesOptions {
  /** Resizes every image to this height and width; without it, all must be of one size. */
  readonly size?: readonly [height: number, width: number];
  readonly signal?: AbortSignal;
  /** Told how many more images were read, a few at a time. */
  readonly onRead?: (count: number) => void;
}

/** Names of files that are read as images. */
export const imageName = /\.(png|jpe?g)$/i;

/** A picture that unpacks to more is refused before it is unpacked. */
const maxPixels = 2 ** 26;
/** All pictures together. */
const maxBytes = 2 ** 31;
/** Pictures decoded at once. */
const atOnce = 16;

/**
 * Reads image files as `[n, 1, height, width]` bytes, grey; transparent parts are black.
 * @throws `DATASET_CORRUPT` naming the first file that is broken or of another size; `DATASET_EMPTY` for no files.
 */
export async function readImages(
  files: readonly string[],
  options: ReadImagesOptions = {},
): Promise<Samples> {
  // Loaded here, so that those who read no pictures need no native code.
  const { default: sharp } = await import('sharp');
  const open = (file: string, settings: SharpOptions): Sharp => sharp(file, settings);
  const [firstFile] = files;
  if (firstFile === undefined) throw datasetError('DATASET_EMPTY', 'No image files came to read.');

  const first = await readImage(firstFile, open, options);
  const shape = [files.length, 1, first.height, first.width];
  if (sizeOf(shape) > maxBytes) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${files.length} images of ${first.height}×${first.width} take more than ${maxBytes / 2 ** 30} GiB. ` +
        'Give a smaller size to resize them to, or fewer images.',
    );
  }
  const data = new Uint8Array(sizeOf(shape));
  for (let start = 0; start < files.length; start += atOnce) {
    options.signal?.throwIfAborted();
    const group = files.slice(start, start + atOnce);
    const images = await Promise.all(group.map((file) => readImage(file, open, options)));
    images.forEach((image, i) => {
      if (image.height !== first.height || image.width !== first.width) {
        throw datasetError(
          'DATASET_CORRUPT',
          `${group[i] ?? ''}: an image of ${first.height}×${first.width} (height×width) was expected, as ` +
            `${firstFile}, but ${image.height}×${image.width} came. Give a size to resize all to.`,
        );
      }
      data.set(image.pixels, (start + i) * image.pixels.length);
    });
    options.onRead?.(group.length);
  }
  return { dtype: 'uint8', shape, data };
}

interface GreyImage {
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

async function readImage(
  file: string,
  open: (file: string, settings: SharpOptions) => Sharp,
  { size }: ReadImagesOptions,
): Promise<GreyImage> {
  try {
    const upright = open(file, { limitInputPixels: maxPixels }).autoOrient();
    const sized =
      size === undefined
        ? upright
        : upright.resize({ height: size[0], width: size[1], fit: 'fill' });
    const { data, info } = await sized
      .flatten({ background: 'black' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, pixels: data };
  } catch (error) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: a PNG, JPEG or TIFF of at most ${maxPixels / 2 ** 20} megapixels was expected, but reading it failed: ` +
        `${reasonOf(error)}. Replace or remove it.`,
      error,
    );
  }
}
