// Masks of images: which pixels are anomalous, read as the images are, so that they lie over them.

import { type NdArray, ndarray } from '@memae/graph';
import { datasetError } from '../error.ts';
import { type ReadImagesOptions, imageReader } from './read-images.ts';

/** Which pixels [height, width] of a sample are anomalous (1), by its key; nothing where no mask says so. */
export type MaskOf = (key: string) => Promise<NdArray<'uint8'> | undefined>;

/** An image with its mask. */
export interface MaskedImage {
  readonly height: number;
  readonly width: number;
  /** The mask's path; a normal image needs none. */
  readonly mask?: string;
  readonly label: number;
}

/**
 * Whatever is not black is anomalous.
 * @throws when asked, `DATASET_CORRUPT` naming a mask that is broken or of another size than its image
 */
export function masksIn(
  images: ReadonlyMap<string, MaskedImage>,
  options: Pick<ReadImagesOptions, 'size' | 'fit'>,
): MaskOf {
  return async (key) => {
    const image = images.get(key);
    if (image === undefined) return undefined;
    const shape = [image.height, image.width];
    const { mask, label } = image;
    if (mask === undefined) {
      return label === 0 ? ndarray(new Uint8Array(image.height * image.width), shape) : undefined;
    }
    const read = await imageReader({ ...options, colour: 'grey', unmixed: true });
    const { height, width, pixels } = await read(mask);
    if (height !== image.height || width !== image.width) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${mask}: a mask of ${shape.join('×')} (height×width) was expected, as its image ${key}, but ${height}×${width} ` +
          'came. Save it in the size of the image.',
      );
    }
    return ndarray(
      pixels.map((value) => (value === 0 ? 0 : 1)),
      shape,
    );
  };
}
