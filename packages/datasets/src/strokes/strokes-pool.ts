// `strokes` as a data set: always the same drawings, as MNIST is always the same images.

import { createRandom } from '@memae/graph';
import type { Pool } from '../pool.ts';
import { drawStrokes } from './draw.ts';
import { digits } from './glyphs.ts';

/** 15,000 drawn digits, 1,500 of each class, `[15000, 1, 28, 28]`. */
export function strokes(): Pool {
  return {
    name: 'strokes',
    ...drawStrokes({ count: 15_000, random: createRandom(1) }),
    classes: digits.map(String),
  };
}
