// Digits drawn by the package itself, for use with no network: as MNIST's in size, looks and about as varied,
// though written by no hand. Every drawing varies the way of writing, the points of the pen's path, a gentle
// bend of the whole, slant, turn, proportions, size, place, and the pen.

import { type NdArray, type Random, MemaeError, ndarray } from '@memae/graph';
import { type Point, digits, glyph, waysToWrite } from './glyphs.ts';
import { render, smooth } from './render.ts';

/** Height and width of a drawing, in pixels. */
export const strokesSize = 28;

/** What `drawStrokes` is asked for. */
export interface StrokesOptions {
  /** How many images. */
  readonly count: number;
  readonly random: Random;
  /** The digits to draw, in turn; by default 0 … 9. */
  readonly classes?: readonly number[];
}

/** Images with the class of each. */
export interface Drawings {
  /** Grey images, white on black: `[count, 1, 28, 28]`, 0 … 255. */
  readonly images: NdArray<'uint8'>;
  /** `[count]`: the digit drawn. */
  readonly labels: Uint8Array;
}

/**
 * Draws digits: image i shows `classes[i % classes.length]`. The same seed gives the same images, and a
 * smaller `count` gives the first of them.
 * @throws `DATASET_EMPTY` for a class other than 0 … 9, or none.
 */
export function drawStrokes({ count, random, classes = digits }: StrokesOptions): Drawings {
  const unknown = classes.find((digit) => !digits.includes(digit));
  if (classes.length === 0 || unknown !== undefined) {
    throw new MemaeError(
      'DATASET_EMPTY',
      `Strokes has the classes 0 to 9, but ${unknown === undefined ? 'none' : String(unknown)} was asked for.`,
    );
  }
  const pixels = strokesSize * strokesSize;
  const data = new Uint8Array(count * pixels);
  const labels = Uint8Array.from({ length: count }, (_, i) => classes[i % classes.length] ?? 0);
  labels.forEach((digit, i) => {
    data.set(drawDigit(digit, random.fork(String(i))), i * pixels);
  });
  return { images: ndarray(data, [count, 1, strokesSize, strokesSize]), labels };
}

/** One drawing of a digit, `28 × 28`. */
function drawDigit(digit: number, random: Random): Uint8Array {
  const curves = glyph(digit, random.integer(waysToWrite(digit)));
  const place = placement(random);
  const unsteadiness = random.uniform(0.015, 0.05);
  const moved = new Map<string, Point>();
  const paths = curves.map((curve) => {
    // A corner ends one curve and starts the next: it must move once only.
    const shaken = curve.map((point): Point => {
      const key = point.join();
      const known = moved.get(key);
      const shake = (value: number): number => value + unsteadiness * random.normal();
      const next: Point = known ?? [shake(point[0]), shake(point[1])];
      moved.set(key, next);
      return next;
    });
    return smooth(shaken).map(place);
  });
  const radius = random.uniform(0.65, 1.8);
  const pen = {
    startRadius: radius * random.uniform(0.85, 1.15),
    endRadius: radius * random.uniform(0.7, 1.15),
    softness: random.uniform(0.9, 1.5),
  };
  const reach = Math.max(pen.startRadius, pen.endRadius) + pen.softness / 2;
  const margin = reach + 1;
  return render(intoFrame(paths, margin), pen, strokesSize);
}

/** Moves paths that come nearer to the frame than `margin` away from it; what is too large is centred. */
function intoFrame(paths: readonly (readonly Point[])[], margin: number): Point[][] {
  const shift = (axis: 0 | 1): number => {
    const values = paths.flat().map((point) => point[axis]);
    const before = margin - Math.min(...values);
    const after = strokesSize - margin - Math.max(...values);
    return before > after ? (before + after) / 2 : Math.max(before, Math.min(after, 0));
  };
  const [right, down] = [shift(0), shift(1)];
  return paths.map((path) => path.map(([x, y]): Point => [x + right, y + down]));
}

/** From the glyph's box of 1 × 1 to pixels. */
function placement(random: Random): (point: Point) => Point {
  const height = random.uniform(15.5, 20);
  const width = height * random.uniform(0.45, 1);
  const slant = 0.15 + 0.22 * random.normal();
  const angle = 0.12 * random.normal();
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const [left, top] = [
    strokesSize / 2 + random.uniform(-1.5, 1.5),
    strokesSize / 2 + random.uniform(-1.5, 1.5),
  ];
  const bend = (): ((along: number) => number) => {
    const [depth, phase, waves] = [
      0.04 * random.normal(),
      random.uniform(0, 2 * Math.PI),
      random.uniform(0.4, 1.1),
    ];
    return (along) => depth * Math.sin(phase + 2 * Math.PI * waves * along);
  };
  const [bendAcross, bendDown] = [bend(), bend()];
  return ([x, y]) => {
    const down = height * (y - 0.5 + bendDown(x));
    const across = width * (x - 0.5 + bendAcross(y)) - slant * down;
    return [left + cosine * across - sine * down, top + sine * across + cosine * down];
  };
}
