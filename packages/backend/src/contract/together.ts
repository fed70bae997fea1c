// Operations that meet in ways in which an engine's own layouts and shortcuts could go wrong, where no
// operation does alone.

import { add, mul, transpose } from '@memae/graph';
import type { Case } from './cases.ts';

export const together: Readonly<Record<string, Case>> = {
  'two transposes of one tensor to one shape': (draw) => {
    const x = draw.real([3, 3, 3]);
    return add(mul(transpose(x, [1, 2, 0]), 2), transpose(x, [2, 0, 1]));
  },
};
