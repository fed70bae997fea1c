// Samples, reconstructions and errors as pictures: pixels, and PNG of them.

import type { Samples } from '@memae/datasets';
import { interpolateMagma } from 'd3-scale-chromatic';
import { encode } from 'fast-png';

/** Channels last. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8ClampedArray;
}

export function encodePng({ data, ...size }: Pixels): Uint8Array {
  return encode({ ...size, depth: 8, data });
}

/** A picture `[channels, height, width]`, in colour if it has three channels: bytes as they are, numbers from 0 to 1. */
export function pixelsOf({ dtype, data, shape }: Samples): Pixels {
  const [planes = 1, height = 1, width = 1] = shape;
  const channels = planes === 3 ? 3 : 1;
  const scale = dtype === 'uint8' ? 1 : 255;
  // Planes one after the other become interleaved pixels; Uint8ClampedArray rounds and clamps.
  const pixels = Uint8ClampedArray.from({ length: height * width * channels }, (_, i) => {
    const place = Math.floor(i / channels) + (i % channels) * height * width;
    return (data[place] ?? 0) * scale;
  });
  return { width, height, channels, data: pixels };
}

/** How errors from 0 to `max` are coloured, dark to light. */
export type Heat = (error: number) => readonly [red: number, green: number, blue: number];

/** Magma, whose lightness grows evenly: it reads alike in grey and for the colour-blind. */
export function heatScale(max: number): Heat {
  const known = Array.from({ length: 256 }, (_, i) => rgb(interpolateMagma(i / 255)));
  return (error) => known[Math.min(255, Math.round((error / max) * 255))] ?? [0, 0, 0];
}

/** Errors `[channels, height, width]`, summed over the channels, as a picture. */
export function heatPixels(errors: Samples, heat: Heat): Pixels {
  const [, height = 1, width = 1] = errors.shape;
  const data = Uint8ClampedArray.from(placeErrors(errors).flatMap((error) => [...heat(error)]));
  return { width, height, channels: 3, data };
}

/** A picture in grey with its errors over it: the larger, the less is seen through them. */
export function overlayPixels(
  picture: Pixels,
  { errors, max }: { readonly errors: Samples; readonly max: number },
): Pixels {
  const { width, height, channels, data } = picture;
  const hot = heatPixels(errors, heatScale(max)).data;
  const shares = placeErrors(errors).map((error) => (max > 0 ? Math.min(1, error / max) : 0));
  const mixed = Uint8ClampedArray.from({ length: 3 * width * height }, (_, i) => {
    const place = Math.floor(i / 3);
    const share = shares[place] ?? 0;
    return (1 - share) * (0.6 * greyAt(data, place, channels)) + share * (hot[i] ?? 0);
  });
  return { width, height, channels: 3, data: mixed };
}

/** The error of each place, summed over the channels. */
export function placeErrors({ data, shape }: Samples): number[] {
  const [channels = 1, height = 1, width = 1] = shape;
  return Array.from({ length: height * width }, (_, place) => {
    let total = 0;
    for (let c = 0; c < channels; c += 1) total += data[c * height * width + place] ?? 0;
    return total;
  });
}

export interface Area {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A part of a picture, which lies within it. */
export function crop(
  { width: all, channels, data }: Pixels,
  { top, left, height, width }: Area,
): Pixels {
  const cut = Uint8ClampedArray.from({ length: height * width * channels }, (_, i) => {
    const [place, channel] = [Math.floor(i / channels), i % channels];
    const [y, x] = [top + Math.floor(place / width), left + (place % width)];
    return data[(y * all + x) * channels + channel] ?? 0;
  });
  return { width, height, channels, data: cut };
}

/** The same picture with at most so many pixels a side: whole blocks become their mean. */
export function shrink(picture: Pixels, most: number): Pixels {
  const { channels, data } = picture;
  const by = Math.ceil(Math.max(picture.width, picture.height) / most);
  if (by <= 1) return picture;
  const [width, height] = [Math.ceil(picture.width / by), Math.ceil(picture.height / by)];
  const small = Uint8ClampedArray.from({ length: width * height * channels }, (_, i) => {
    const [place, channel] = [Math.floor(i / channels), i % channels];
    let [sum, count] = [0, 0];
    for (let y = by * Math.floor(place / width), dy = 0; dy < by; dy += 1) {
      for (let x = by * (place % width), dx = 0; dx < by; dx += 1) {
        if (y + dy >= picture.height || x + dx >= picture.width) continue;
        sum += data[((y + dy) * picture.width + x + dx) * channels + channel] ?? 0;
        count += 1;
      }
    }
    return sum / count;
  });
  return { width, height, channels, data: small };
}

function greyAt(data: Uint8ClampedArray, place: number, channels: 1 | 3): number {
  if (channels === 1) return data[place] ?? 0;
  const [red = 0, green = 0, blue = 0] = data.subarray(3 * place, 3 * place + 3);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
