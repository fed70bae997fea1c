// Samples, reconstructions and error maps as pictures inside the page: PNG in data URIs.

import type { Samples } from '@memae/datasets';
import {
  type Heat,
  type Pixels,
  encodePng,
  heatPixels,
  pixelsOf,
  placeErrors,
} from '@memae/scoring';
import { type Markup, html } from './html.ts';

export { type Heat, heatScale } from '@memae/scoring';

/** A picture in grey, or in colour if it has three channels: bytes as they are, numbers from 0 to 1. */
export function picture(image: Samples, alt: string): Markup {
  return shown(pixelsOf(image), alt);
}

/** An error map, summed over its channels. */
export function heatPicture(
  errors: Samples,
  { heat, alt }: { readonly heat: Heat; readonly alt: string },
): Markup {
  return shown(heatPixels(errors, heat), alt);
}

/** The largest error of any place in any of the maps. */
export function largestError(maps: readonly Samples[]): number {
  return maps.reduce((most, map) => placeErrors(map).reduce((a, b) => Math.max(a, b), most), 0);
}

/** The colours of errors from 0 to `max`, left to right. */
export function heatLegend(heat: Heat, max: number): Markup {
  const width = 128;
  const steps = Array.from({ length: width }, (_, i) => heat((i / (width - 1)) * max));
  const data = Uint8ClampedArray.from(steps.flat());
  return shown({ width, height: 1, channels: 3, data }, '');
}

/** A PNG as it is, its bytes or its base64; its size is left to the page. */
export function pngPicture(png: Uint8Array | string, alt: string): Markup {
  const base64 = typeof png === 'string' ? png : Buffer.from(png).toString('base64');
  return html`<img src="data:image/png;base64,${base64}" alt="${alt}" />`;
}

function shown(pixels: Pixels, alt: string): Markup {
  const source = `data:image/png;base64,${Buffer.from(encodePng(pixels)).toString('base64')}`;
  const { width, height } = pixels;
  return html`<img src="${source}" width="${width}" height="${height}" alt="${alt}" />`;
}
