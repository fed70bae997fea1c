// How each digit is written: the ways people write it, each as the path of a pen.
// A path lists points x,y in a box of 100 × 100, y downwards. The pen passes smoothly through them;
// `!` after a point makes a corner there, `/` lifts the pen.

export type Point = readonly [x: number, y: number];

/** A smooth stretch of the pen, from corner to corner. */
export type Curve = readonly Point[];

/** The ways to write each digit; the common ones stand more than once. */
const paths: readonly (readonly string[])[] = [
  [
    '55,0 20,14 2,50 14,87 50,100 86,86 98,50 82,13 48,1',
    '60,2 24,10 6,48 18,90 52,98 84,80 94,42 78,8 40,6 26,22',
    '40,0 78,10 98,48 86,88 50,100 14,84 4,46 20,10 52,2',
  ],
  [
    '50,0 50,50 50,100',
    '52,0 50,50 48,100',
    '54,0 47,40 50,100',
    '26,22 54,0! 53,50 52,100',
    '30,24 54,0! 52,100! / 24,100 78,98',
  ],
  [
    '8,24 30,2 70,3 90,28 66,62 8,98! 50,94 96,97',
    '6,20 36,0 78,10 80,42 46,78 12,97 10,80 32,79 62,96 98,88',
    '12,30 24,6 58,0 86,20 74,52 36,84 4,96! 40,90 72,98 98,94',
    '14,14 60,2 88,26 60,66 6,96! 92,98',
  ],
  [
    '10,14 42,0 84,14 76,38 38,47! 78,55 94,78 62,99 6,90',
    '8,4 46,1 88,4! 42,42! 84,54 92,82 56,100 8,92',
    '14,18 50,0 82,18 66,42 48,48 72,54 90,76 56,100 18,96 6,84',
  ],
  [
    '20,2 14,30 8,56! 50,55 94,50 / 76,6 72,50 68,100',
    '68,0! 4,64! 50,65 98,62 / 70,2 70,50 68,100',
    '12,6 6,38 26,53 58,50 82,38 / 88,0 80,44 70,100',
    '26,0 10,34 8,54 40,58 90,46! / 80,10 74,60 76,100',
  ],
  [
    '88,4! 28,5! 18,45! 52,37 90,58 80,88 44,100 4,88',
    '30,3! 22,44! 56,40 88,62 74,92 38,100 4,90 / 28,4 60,5 96,0',
    '92,0 46,6 20,24 32,44 74,56 86,80 54,99 6,92',
    '84,6! 36,4 30,40! 68,46 84,72 60,96 10,100',
  ],
  [
    '74,0 30,26 6,64 24,97 66,98 90,76 68,53 32,59 12,80',
    '50,0 26,30 10,72 36,100 76,92 82,66 54,56 26,72 18,84',
    '92,6 50,10 14,46 10,82 40,100 76,88 74,64 44,58 14,74',
  ],
  [
    '6,8 46,6 92,4! 62,46 40,100',
    '8,22! 10,4! 52,6 90,4! 60,44 46,100',
    '4,6 50,10 94,2! 64,50 30,100',
    '8,8 50,6 90,4! 60,46 42,100 / 26,52 56,49 84,50',
    '6,26 16,8 54,10 88,6 80,34 52,100',
  ],
  [
    '82,14 48,0 18,18 40,44 80,68 74,96 34,100 16,78 48,50 84,26 76,8',
    '52,48 22,30 34,4 70,4 80,28 50,48 20,68 22,94 58,100 84,82 72,58 44,46',
    '90,6 50,0 22,20 46,46 76,72 60,98 26,92 26,70 62,44 92,10',
  ],
  [
    '84,18 50,0 14,18 20,44 54,48 84,22! 80,60 70,100',
    '82,14 44,2 12,26 30,50 66,42 84,14! 84,56 66,92 30,100 10,90',
    '80,20 58,0 20,10 14,36 44,48 78,26 84,10 74,56 46,100',
  ],
];

/** The digits there are glyphs for: 0 … 9. */
export const digits: readonly number[] = paths.map((_, digit) => digit);

/** How many ways of writing a digit there are. */
export function waysToWrite(digit: number): number {
  return paths[digit]?.length ?? 0;
}

/** The curves of one way of writing a digit, in a box of 1 × 1. */
export function glyph(digit: number, way: number): Curve[] {
  const strokes = (paths[digit]?.[way] ?? '').split('/');
  return strokes.flatMap((stroke) => {
    const curves: Point[][] = [[]];
    for (const mark of stroke.trim().split(' ')) {
      const [x = 0, y = 0] = mark.split(',').map((part) => Number.parseInt(part, 10) / 100);
      const point: Point = [x, y];
      curves.at(-1)?.push(point);
      if (mark.endsWith('!')) curves.push([point]);
    }
    return curves.filter((curve) => curve.length > 1);
  });
}
