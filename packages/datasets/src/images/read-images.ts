// Pictures and frames of videos: files of any common format as grey or RGB images of one size, read by sharp.

import { type NdArray, type Shape, ndarray, sizeOf } from '@memae/graph';
import type { Sharp, SharpInput, SharpOptions } from 'sharp';
import type { Samples } from '../dataset.ts';
import { datasetError, reasonOf } from '../error.ts';
import { readBytes } from '../read-bytes.ts';
import { decodeBmp, isBmp } from './bmp.ts';

/**
 * What a picture becomes: one channel of grey, three of RGB, or (`auto`) RGB where any of the pictures has a pixel that
 * is not grey.
 */
export type Colour = 'grey' | 'rgb' | 'auto';

/**
 * How a picture comes to a size: stretched (`resize`), scaled until it covers it and cut about its middle (`crop`), or scaled until
 * it lies inside, with black bars (`pad`).
 */
export const fits = ['resize', 'crop', 'pad'] as const;
export type Fit = (typeof fits)[number];

export interface ReadImagesOptions {
  /** Brings every image to this height and width; without it, all must be of one size. */
  readonly size?: readonly [height: number, width: number];
  /** How; by default `resize`. */
  readonly fit?: Fit;
  /** By default `grey`. */
  readonly colour?: Colour;
  readonly signal?: AbortSignal;
  /** Told how many more images were read, a few at a time. */
  readonly onRead?: (count: number) => void;
}

/** An encoded picture, in a file, or in memory under a name for messages; or one unpacked already, in RGB. */
export type ImageSource =
  | string
  | {
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly raw?: { readonly height: number; readonly width: number };
    };

/** Names of files that are read as images. */
export const imageName = /\.(png|jpe?g|webp|gif|tiff?|bmp)$/i;

/** A picture that unpacks to more is refused before it is unpacked. */
export const maxPixels = 2 ** 26;
/** All pictures together. */
const maxBytes = 2 ** 31;
/** Pictures decoded at once. */
const atOnce = 16;

/** How masks are read. */
interface MaskReading {
  /**
   * Pixels are 255 where any channel is not 0, however small, and else 0; they are taken, and none are mixed, where a picture
   * is scaled.
   */
  readonly mask?: true;
}

/**
 * Reads pictures as bytes, `[n, 1, height, width]` grey or `[n, 3, height, width]` RGB; transparent parts are black.
 * @throws `DATASET_CORRUPT` naming the first file that is broken or of another size; `DATASET_EMPTY` for no files.
 */
export async function readImages(
  files: readonly ImageSource[],
  options: ReadImagesOptions & MaskReading = {},
): Promise<Samples> {
  const read = await imageReader({ ...options, colour: await resolveColour(files, options) });
  let all: NdArray<'uint8'> | undefined;
  for (let start = 0; start < files.length; start += atOnce) {
    options.signal?.throwIfAborted();
    const group = files.slice(start, start + atOnce);
    for (const [i, image] of (await Promise.all(group.map(read))).entries()) {
      const { height, width, channels, pixels } = image;
      all ??= imageMemory([files.length, channels, height, width]);
      const [, , firstHeight = 0, firstWidth = 0] = all.shape;
      if (height !== firstHeight || width !== firstWidth) {
        throw datasetError(
          'DATASET_CORRUPT',
          otherSize(nameOf(group[i]), {
            found: [height, width],
            expected: [firstHeight, firstWidth],
            as: nameOf(files[0]),
            ...(options.mask && { advice: 'Masks are as large as the frames: save it anew.' }),
          }),
        );
      }
      writeChannels(pixels, all.data.subarray((start + i) * pixels.length), height * width);
    }
    options.onRead?.(group.length);
  }
  if (all === undefined) throw datasetError('DATASET_EMPTY', 'No image files came to read.');
  return all;
}

/** That two pictures differ in size, and what can be done. */
export function otherSize(
  file: string,
  {
    found,
    expected,
    as,
    advice = 'Give a size for all to come to (--size 64x64), by the option fit: resize, crop or pad.',
  }: {
    readonly found: Shape;
    readonly expected: Shape;
    readonly as: string;
    readonly advice?: string;
  },
): string {
  return (
    `${file}: an image of ${expected.join('×')} (height×width) was expected, as ${as}, but ${found.join('×')} came. ` +
    advice
  );
}

/**
 * Memory for so many pictures, `[n, channels, height, width]` or `[n, height, width]`.
 * @throws `DATASET_BAD_OPTION` where it is more than all pictures may take.
 */
export function imageMemory(shape: Shape): NdArray<'uint8'> {
  if (sizeOf(shape) <= maxBytes) return ndarray(new Uint8Array(sizeOf(shape)), shape);
  throw datasetError(
    'DATASET_BAD_OPTION',
    `${shape[0] ?? 0} images of ${shape.slice(-2).join('×')} take more than ${maxBytes / 2 ** 30} GiB. ` +
      'Give a smaller size to resize them to, or fewer images.',
  );
}

/**
 * Height and width of a picture, upright, by its header.
 * @throws `DATASET_CORRUPT` where it is none.
 */
export async function imageSize(
  file: ImageSource,
): Promise<readonly [height: number, width: number]> {
  // However large it is: nothing is unpacked.
  const open = await opener({ limitInputPixels: false });
  const { autoOrient } = await named(file, async () => (await open(file)).metadata());
  return [autoOrient.height, autoOrient.width];
}

/** Whether a picture that can be read has more than 8 bits a channel, as PNG and TIFF may. */
export async function isDeep(file: ImageSource): Promise<boolean> {
  if (typeof file !== 'string' && file.raw !== undefined) return false;
  const head = typeof file === 'string' ? await readBytes(file, { first: 25 }) : file.bytes;
  // A PNG's header comes first, and its last byte here is the bits of a channel.
  if (head[0] === 0x89) return (head[24] ?? 0) > 8;
  if (!isTiff(head)) return false;
  const open = await opener();
  return (await (await open(file)).metadata()).depth !== 'uchar';
}

/** What `auto` comes to for these pictures: `rgb` at the first that has colour; those before it are read twice. */
export async function resolveColour(
  files: readonly ImageSource[],
  { colour = 'grey', signal }: ReadImagesOptions,
): Promise<'grey' | 'rgb'> {
  if (colour !== 'auto') return colour;
  const open = await opener();
  const read = await imageReader({ colour: 'rgb' });
  for (const file of files) {
    signal?.throwIfAborted();
    const { space } = await named(file, async () => (await open(file)).metadata());
    // Grey pictures are often saved in RGB: only the pixels tell.
    if (space !== 'b-w' && space !== 'grey16' && hasColour(await read(file))) return 'rgb';
  }
  return 'grey';
}

/** Whether a pixel of an RGB picture is not grey. */
export function hasColour({ channels, pixels }: Image): boolean {
  for (let i = 0; i < pixels.length; i += channels) {
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return true;
  }
  return false;
}

/** A decoded picture. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Channels last. */
  readonly pixels: Uint8Array;
}

/** Reads one picture after another in one way; fails with `DATASET_CORRUPT` for one that is broken. */
export async function imageReader(
  options: Pick<ReadImagesOptions, 'size' | 'fit'> &
    MaskReading & { readonly colour: 'grey' | 'rgb' },
): Promise<(file: ImageSource) => Promise<Image>> {
  const { size, fit = 'resize', colour, mask = false } = options;
  const open = await opener({ mask });
  return (file) =>
    named(file, async () => {
      const upright = (await open(file)).autoOrient();
      const sized =
        size === undefined
          ? upright
          : upright.resize({
              height: size[0],
              width: size[1],
              fit: sharpFits[fit],
              background: 'black',
              ...(mask && { kernel: 'nearest' }),
            });
      const opaque = sized.flatten({ background: 'black' });
      // Before 16 bits become 8, and colours grey.
      if (mask) opaque.threshold(1, { greyscale: false }).bandbool('or');
      const { data, info } = await opaque
        .toColourspace(colour === 'grey' ? 'b-w' : 'srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      return { height: info.height, width: info.width, channels: info.channels, pixels: data };
    });
}

const sharpFits = { resize: 'fill', crop: 'cover', pad: 'contain' } as const;

async function opener({
  limitInputPixels = maxPixels,
  mask = false,
}: { readonly limitInputPixels?: number | false; readonly mask?: boolean } = {}): Promise<
  (file: ImageSource) => Promise<Sharp>
> {
  // Loaded here, so that those who read no pictures need no native code.
  const { default: sharp } = await import('sharp');
  const settings: SharpOptions = { limitInputPixels };
  return async (file) => {
    if (typeof file !== 'string' && file.raw) {
      return sharp(file.bytes, { ...settings, raw: { ...file.raw, channels: 3 } });
    }
    const head = typeof file === 'string' ? await readBytes(file, { first: 12 }) : file.bytes;
    if (!isPicture(head)) throw datasetError('DATASET_CORRUPT', 'it is of another format');
    const source = typeof file === 'string' ? file : file.bytes;
    if (!isBmp(head)) {
      const picture = sharp(source as SharpInput, settings);
      if (isTiff(head)) refuseDepth((await picture.metadata()).depth, { mask });
      return picture;
    }
    // sharp reads no BMP.
    const bytes = typeof source === 'string' ? await readBytes(source) : source;
    const { height, width, pixels } = decodeBmp(bytes, { maxPixels });
    return sharp(pixels, { raw: { height, width, channels: 3 } });
  };
}

/** How files of these formats begin. */
const beginnings = /^(\x89PNG|\xff\xd8\xff|RIFF.{4}WEBP|GIF8|BM|II[*+]\0|MM\0[*+])/s;

/** Whatever else sharp reads is refused: drawings (SVG) are programs, which may compute for a minute and name other files. */
function isPicture(bytes: Uint8Array): boolean {
  return beginnings.test(Buffer.from(bytes.subarray(0, 12)).toString('latin1'));
}

/** No other of these formats begins with two bytes alike. */
function isTiff(bytes: Uint8Array): boolean {
  return bytes[0] === bytes[1];
}

/** Floats, and whole numbers of 32 bits, come on any scale; of a mask the latter matter not, for 0 is 0. */
function refuseDepth(depth: string, { mask }: { readonly mask: boolean }): void {
  if (!(mask ? /float|double|complex/ : /float|double|complex|int/).test(depth)) return;
  throw datasetError(
    'DATASET_CORRUPT',
    `its pixels are of the kind ${depth}, but whole numbers of 8 or 16 bits are read: save it so`,
  );
}

async function named<T>(file: ImageSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${nameOf(file)}: a picture (PNG, JPEG, WebP, TIFF, BMP, GIF) of at most ${maxPixels / 2 ** 20} megapixels was expected, ` +
        `but reading it failed: ${inOneLine(reasonOf(error))}. Replace or remove it.`,
      error,
    );
  }
}

/** Each of its lines once: what fails is tried again, and says the same again. */
function inOneLine(text: string): string {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean).join('; ');
}

/** From channels last to channels first. */
export function writeChannels(from: Uint8Array, to: Uint8Array, pixels: number): void {
  const channels = from.length / pixels;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      to[channel * pixels + pixel] = from[pixel * channels + channel] ?? 0;
    }
  }
}

/** What a picture is called in messages. */
export function nameOf(file: ImageSource | undefined): string {
  return typeof file === 'object' ? file.name : (file ?? '');
}
