// Samples, reconstructions and error maps as pictures inside the page: PNG in data URIs.

import type { Samples } from '@memae/datasets';
import * as Plot from '@observablehq/plot';
import { encode } from 'fast-png';
import { type Markup, html } from './html.ts';

/** A picture in grey, or in colour if it has three channels: bytes as they are, numbers from 0 to 1. */
export function picture(image: Samples, alt: string): Markup {
  const { channels, height, width } = sizeOfImage(image);
  const kept = channels === 3 ? 3 : 1;
  const scale = image.dtype === 'uint8' ? 1 : 255;
  // Planes one after the other become interleaved pixels; Uint8ClampedArray rounds and clamps.
  const pixels = Uint8ClampedArray.from({ length: height * width * kept }, (_, i) => {
    const place = Math.floor(i / kept) + (i % kept) * height * width;
    return (image.data[place] ?? 0) * scale;
  });
  return png({ width, height, channels: kept, pixels, alt });
}

/** How errors from 0 to `max` are coloured, dark to light. */
export type Heat = (error: number) => readonly [red: number, green: number, blue: number];

/** Magma, whose lightness grows evenly: it reads alike in grey and for the colour-blind. */
export function heatScale(max: number): Heat {
  const scale = Plot.scale({
    color: { type: 'linear', scheme: 'magma', domain: [0, max], clamp: true },
  });
  const known = Array.from({ length: 256 }, (_, i) => rgb(String(scale.apply((i / 255) * max))));
  return (error) => known[Math.min(255, Math.round((error / max) * 255))] ?? [0, 0, 0];
}

/** An error map, summed over its channels. */
export function heatPicture(
  errors: Samples,
  { heat, alt }: { readonly heat: Heat; readonly alt: string },
): Markup {
  const { channels, height, width } = sizeOfImage(errors);
  const totals = summedChannels(errors, { channels, size: height * width });
  const pixels = Uint8ClampedArray.from(totals.flatMap(heat));
  return png({ width, height, channels: 3, pixels, alt });
}

/** The largest error of any place in any of the maps. */
export function largestError(maps: readonly Samples[]): number {
  return maps.reduce((most, map) => {
    const { channels, height, width } = sizeOfImage(map);
    return summedChannels(map, { channels, size: height * width }).reduce(
      (a, b) => Math.max(a, b),
      most,
    );
  }, 0);
}

/** The colours of errors from 0 to `max`, left to right. */
export function heatLegend(heat: Heat, max: number): Markup {
  const width = 128;
  const steps = Array.from({ length: width }, (_, i) => heat((i / (width - 1)) * max));
  return png({
    width,
    height: 1,
    channels: 3,
    pixels: Uint8ClampedArray.from(steps.flat()),
    alt: '',
  });
}

function png({
  width,
  height,
  channels,
  pixels,
  alt,
}: {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8ClampedArray;
  readonly alt: string;
}): Markup {
  const bytes = encode({ width, height, channels, depth: 8, data: pixels });
  const source = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
  return html`<img src="${source}" width="${width}" height="${height}" alt="${alt}" />`;
}

function sizeOfImage({ shape }: Samples): { channels: number; height: number; width: number } {
  const [channels = 1, height = 1, width = 1] = shape;
  return { channels, height, width };
}

function summedChannels(
  { data }: Samples,
  { channels, size }: { readonly channels: number; readonly size: number },
): number[] {
  return Array.from({ length: size }, (_, place) => {
    let total = 0;
    for (let c = 0; c < channels; c += 1) total += data[c * size + place] ?? 0;
    return total;
  });
}

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
