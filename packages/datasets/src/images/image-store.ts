// Pictures on disk, looked at once: which can be read, of what size, in colour or grey. After that their pixels are kept up to
// so many bytes, and decoded again where they are not.

import { type Shape, sizeOf } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import {
  type Image,
  type ImageSource,
  type ReadImagesOptions,
  hasColour,
  imageReader,
  isDeep,
  nameOf,
  otherSize,
  writeChannels,
} from './read-images.ts';

/** A picture that can be read. */
export interface StoredImage {
  readonly file: ImageSource;
  /** What it is called. */
  readonly key: string;
  readonly height: number;
  readonly width: number;
}

export interface ImageStore {
  /** In the order of the files. */
  readonly images: readonly StoredImage[];
  readonly channels: 1 | 3;
  /** Whether all pixels are kept. */
  readonly fits: boolean;
  /** Bytes that may be kept. */
  readonly memory: number;
  /** Pixels `[channels, height, width]` of an image by its index. */
  readonly pixels: (index: number) => Promise<Uint8Array>;
}

export interface ImageStoreOptions extends ReadImagesOptions {
  /** Whether images may differ in size. */
  readonly mixed?: boolean;
  /** Refuses a file that cannot be read, and does not leave it out. */
  readonly strict?: boolean;
  /** Bytes of pixels to keep; by default 1 GiB. */
  readonly memory?: number;
  /** Told which files are left out. */
  readonly onWarning?: (message: string) => void;
}

/** Files decoded at once; each may take some hundred megabytes. */
const atOnce = 4;

/**
 * Reads every file once, four at a time; those that are broken are left out, and said. `auto` is RGB where any has colour.
 * @param files paths, with what each is called
 * @throws `DATASET_CORRUPT` naming a file of another size, with `strict` one that is broken, and where all are;
 *   `DATASET_EMPTY` for no files
 */
export async function openImageStore(
  files: readonly Pick<StoredImage, 'file' | 'key'>[],
  options: ImageStoreOptions = {},
): Promise<ImageStore> {
  const { colour = 'auto', memory = 2 ** 30, signal, onRead } = options;
  const read = await imageReader({ ...options, colour: colour === 'grey' ? 'grey' : 'rgb' });
  const images: StoredImage[] = [];
  const broken: { readonly key: string; readonly error: unknown }[] = [];
  const kept = keptPixels(memory);
  let coloured = colour === 'rgb';
  for (let start = 0; start < files.length; start += atOnce) {
    signal?.throwIfAborted();
    const group = files.slice(start, start + atOnce);
    const outcomes = await Promise.allSettled(group.map(async ({ file }) => read(file)));
    for (const [i, each] of group.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status !== 'fulfilled') {
        broken.push({ key: each.key, error: outcome?.reason });
        if (options.strict === true) throw outcome?.reason;
        continue;
      }
      const { height, width } = outcome.value;
      images.push({ ...each, height, width });
      if (options.mixed !== true) requireSize(images);
      coloured ||= colour === 'auto' && hasColour(outcome.value);
      kept.put(images.length - 1, planes(outcome.value));
    }
    onRead?.(group.length);
  }
  requireSome({ images, broken, files, warn: options.onWarning });
  const channels = coloured ? 3 : 1;
  // In a picture without colour, one plane is all; but more than 8 bits become 8 otherwise where they are read as grey.
  if (!coloured && colour === 'auto') {
    for (const [index, { file }] of images.entries()) if (await isDeep(file)) kept.drop(index);
    kept.map((pixels, index) => pixels.slice(0, sizeOf(sizeOfImage(images[index]))));
  }
  const again = await imageReader({ ...options, colour: coloured ? 'rgb' : 'grey' });
  const bytes = images.reduce((sum, image) => sum + channels * sizeOf(sizeOfImage(image)), 0);
  return {
    images,
    channels,
    fits: bytes <= memory,
    memory,
    pixels: async (index) => {
      const there = kept.get(index);
      if (there !== undefined) return there;
      signal?.throwIfAborted();
      const pixels = planes(await again(images[index]?.file ?? ''));
      kept.put(index, pixels);
      return pixels;
    },
  };
}

function sizeOfImage({ height = 0, width = 0 }: Partial<StoredImage> = {}): Shape {
  return [height, width];
}

function planes({ height, width, pixels }: Image): Uint8Array {
  const to = new Uint8Array(pixels.length);
  writeChannels(pixels, to, height * width);
  return to;
}

interface KeptPixels {
  readonly get: (index: number) => Uint8Array | undefined;
  readonly put: (index: number, pixels: Uint8Array) => void;
  readonly drop: (index: number) => void;
  readonly map: (change: (pixels: Uint8Array, index: number) => Uint8Array) => void;
}

/** Those used last stay. */
function keptPixels(memory: number): KeptPixels {
  const kept = new Map<number, Uint8Array>();
  let bytes = 0;
  const put = (index: number, pixels: Uint8Array): void => {
    bytes += pixels.length - (kept.get(index)?.length ?? 0);
    kept.delete(index);
    kept.set(index, pixels);
    for (const [oldest, { length }] of kept) {
      if (bytes <= memory) break;
      kept.delete(oldest);
      bytes -= length;
    }
  };
  return {
    get: (index) => {
      const pixels = kept.get(index);
      if (pixels !== undefined) put(index, pixels);
      return pixels;
    },
    put,
    drop: (index) => {
      bytes -= kept.get(index)?.length ?? 0;
      kept.delete(index);
    },
    map: (change) => {
      for (const [index, pixels] of [...kept]) put(index, change(pixels, index));
    },
  };
}

/** @throws `DATASET_CORRUPT` where the last image is of another size than the first. */
function requireSize(images: readonly StoredImage[]): void {
  const [first, last] = [images[0], images.at(-1)];
  if (first === undefined || last === undefined) return;
  if (first.height === last.height && first.width === last.width) return;
  throw datasetError(
    'DATASET_CORRUPT',
    otherSize(nameOf(last.file), {
      found: sizeOfImage(last),
      expected: sizeOfImage(first),
      as: nameOf(first.file),
    }),
  );
}

function requireSome({
  images,
  broken,
  files,
  warn,
}: {
  readonly images: readonly StoredImage[];
  readonly broken: readonly { readonly key: string; readonly error: unknown }[];
  readonly files: readonly unknown[];
  readonly warn: ImageStoreOptions['onWarning'];
}): void {
  if (files.length === 0) throw datasetError('DATASET_EMPTY', 'No image files came to read.');
  const [first] = broken;
  if (first === undefined) return;
  if (images.length === 0) throw first.error;
  warn?.(
    `${broken.length} of ${files.length} pictures cannot be read and are left out: ${firstOf(broken.map(({ key }) => key))}. ` +
      `The first: ${reasonOf(first.error)} --strict refuses them.`,
  );
}

/** Five names, and how many more there are. */
export function firstOf(names: readonly string[]): string {
  const others = names.length - 5;
  return names.slice(0, 5).join(', ') + (others > 0 ? ` and ${others} others` : '');
}
