// Masks of images: which pixels are anomalous, read as the images are, so that they lie over them.

import { join } from 'node:path';
import { type NdArray, ndarray } from '@memae/graph';
import { datasetError } from '../error.ts';
import type { PlacedImage } from './image-layout.ts';
import type { ImageStore } from './image-store.ts';
import { type ReadImagesOptions, imageReader } from './read-images.ts';

/** Which pixels [height, width] of a sample are anomalous (1), by its key; nothing where no mask says so. */
export type MaskOf = (key: string) => Promise<NdArray<'uint8'> | undefined>;

/** Images that may have masks. */
export interface MaskedImages extends Pick<ReadImagesOptions, 'size' | 'fit'> {
  readonly places: readonly PlacedImage[];
  /** The same images. */
  readonly store: Pick<ImageStore, 'images'>;
  /** The kind that has no masks. */
  readonly normal: string | undefined;
}

/**
 * Whatever is not black is anomalous; nothing where no image has a mask.
 * @throws when asked, `DATASET_CORRUPT` naming a mask that is broken or of another size than its image
 */
export function masksIn(
  folder: string,
  { places, store, normal, size, fit }: MaskedImages,
): MaskOf | undefined {
  if (places.every(({ mask }) => mask === undefined)) return undefined;
  const indices = new Map(places.map(({ key }, index) => [key, index]));
  return async (key) => {
    const index = indices.get(key) ?? -1;
    const { of, mask } = places[index] ?? {};
    const { height: rows = 0, width: columns = 0 } = store.images[index] ?? {};
    if (mask === undefined) {
      return of === normal ? ndarray(new Uint8Array(rows * columns), [rows, columns]) : undefined;
    }
    const read = await imageReader({
      ...(size && { size }),
      ...(fit && { fit }),
      colour: 'grey',
      mask: true,
    });
    const { height, width, pixels } = await read(join(folder, mask));
    if (height !== rows || width !== columns) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${mask}: a mask of ${rows}×${columns} (height×width) was expected, as its image ${key}, but ${height}×${width} ` +
          'came. Save it in the size of the image.',
      );
    }
    return ndarray(
      Uint8Array.from(pixels, (value) => (value === 0 ? 0 : 1)),
      [rows, columns],
    );
  };
}
