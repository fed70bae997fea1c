// Seeded pseudo-random numbers: the same seed gives the same numbers on every machine.
// Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded by hashing the seed and the labels of its forks.

import { MemaeError } from './error.ts';

/** A stream of pseudo-random numbers; `fork` gives an independent stream per purpose. */
export interface Random {
  /** A number in [low, high), 24 bits fine; by default in [0, 1). */
  uniform(low?: number, high?: number): number;
  /** A number of the standard normal distribution (Marsaglia's polar method). */
  normal(): number;
  /**
   * A whole number in [0, below).
   * @throws `RANDOM_BAD_RANGE` when `below` is not a whole number from 1 to 2³².
   */
  integer(below: number): number;
  /** The numbers 0 … length − 1 in random order (Fisher–Yates). */
  permutation(length: number): Uint32Array;
  /** A stream of its own, the same for the same label, whatever was drawn here before. */
  fork(label: string): Random;
}

/** Starts a stream from a seed: any finite number. */
export function createRandom(seed: number): Random {
  return fromKey(String(seed));
}

function fromKey(key: string): Random {
  const next = sfc32(hash(key, 1), hash(key, 2), hash(key, 3));
  const uniform = (low = 0, high = 1): number => low + (high - low) * ((next() >>> 8) / 0x1000000);
  const integer = (below: number): number => {
    if (!(Number.isInteger(below) && below >= 1 && below <= 0x100000000)) {
      throw new MemaeError(
        'RANDOM_BAD_RANGE',
        `integer(below) needs a whole number from 1 to 2³², but ${below} came.`,
      );
    }
    // Numbers at the ragged end are drawn again, so that none is more likely than another.
    const limit = 0x100000000 - (0x100000000 % below);
    for (;;) {
      const bits = next();
      if (bits < limit) return bits % below;
    }
  };
  return {
    uniform,
    integer,
    normal: () => {
      for (;;) {
        const x = uniform(-1, 1);
        const y = uniform(-1, 1);
        const square = x * x + y * y;
        if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
      }
    },
    permutation: (length) => {
      const order = Uint32Array.from({ length }, (_, i) => i);
      for (let i = length - 1; i > 0; i -= 1) {
        const j = integer(i + 1);
        const held = order[i] ?? 0;
        order[i] = order[j] ?? 0;
        order[j] = held;
      }
      return order;
    },
    fork: (label) => fromKey(`${key}/${encodeURIComponent(label)}`),
  };
}

function sfc32(a: number, b: number, c: number): () => number {
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

/** FNV-1a over the text, finished as in MurmurHash3. */
function hash(text: string, salt: number): number {
  let h = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
