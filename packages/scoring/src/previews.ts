// Samples as an artifact keeps them for people: small pictures, or values by column; and whole, to be scored again.

import type { Samples } from '@memae/datasets';
import type { Example, ManifestFields } from '@memae/onnx';
import { originalColumns } from './columns.ts';
import { type Area, type Pixels, crop, encodePng, pixelsOf, shrink } from './pictures.ts';
import type { Reading } from './readings.ts';
import { frameAt, isPicture, sampleOf } from './views.ts';

/** Pixels a side of a preview, at most. */
const previewSide = 64;

interface ExampleOptions {
  readonly manifest: ManifestFields;
  /** What the sample is called. */
  readonly key: string;
}

/** A sample or what was decoded as one, small: one picture, of a clip its middle frame; or values by column. */
export function preview(sample: Samples, { manifest, key }: ExampleOptions): Example {
  if (!isPicture(sample.shape)) return { key, ...valuesOf(sample, manifest) };
  return { key, pictures: [base64(shrink(pixelsOf(frameAt(sample)), previewSide))] };
}

/** The sample that reads, or the part of it around the position that asks: twice as wide as the position's own share. */
export function readerPreview(
  { key, samples, place, position, space }: Reading,
  manifest: ManifestFields,
): Example {
  const sample = sampleOf(samples, place);
  if (space.length === 0 || !isPicture(sample.shape)) return preview(sample, { manifest, key });
  // From the last axis to the first: where the position lies, and how many pixels each has.
  let rest = position;
  const [x, y, time] = sample.shape
    .slice(1)
    .map((side, axis) => ({ side, count: space[axis] ?? 1 }))
    .reverse()
    .map(({ side, count }) => {
      const middle = (((rest % count) + 0.5) * side) / count;
      rest = Math.floor(rest / count);
      const length = Math.min(side, Math.ceil((2 * side) / count));
      const from = Math.round(Math.min(side - length, Math.max(0, middle - length / 2)));
      return { from, length, middle: Math.floor(middle) };
    });
  const area: Area = {
    ...{ top: y?.from ?? 0, height: y?.length ?? 0 },
    ...{ left: x?.from ?? 0, width: x?.length ?? 0 },
  };
  const cut = crop(pixelsOf(frameAt(sample, time?.middle)), area);
  return { key, pictures: [base64(shrink(cut, previewSide))] };
}

/** A sample as the model takes it: every pixel of every frame, or values by column. */
export function wholeExample(sample: Samples, { manifest, key }: ExampleOptions): Example {
  const { shape } = sample;
  if (!isPicture(shape)) return { key, ...valuesOf(sample, manifest) };
  const frames = shape.length < 4 ? 1 : (shape[1] ?? 1);
  return {
    key,
    pictures: Array.from({ length: frames }, (_, i) => base64(pixelsOf(frameAt(sample, i)))),
  };
}

/** Characters that an example takes, about. */
export function weightOf({ pictures = [], values = [] }: Example): number {
  const texts = [...pictures, ...values.flat().map(String)];
  return texts.reduce((sum, { length }) => sum + length + 8, 64);
}

function valuesOf({ data }: Samples, { preparation }: ManifestFields): Pick<Example, 'values'> {
  const columns = originalColumns(preparation);
  if (columns.length === 0) return {};
  return {
    values: columns.map(({ name, from, to, valueOf }) => [name, valueOf(data.subarray(from, to))]),
  };
}

function base64(picture: Pixels): string {
  return Buffer.from(encodePng(picture)).toString('base64');
}
