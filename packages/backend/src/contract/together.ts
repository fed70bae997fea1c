// Operations that meet in ways in which an engine's own layouts and shortcuts could go wrong, where no
// operation does alone.

import { type Tensor, add, matmul, mul, transpose } from '@memae/graph';
import type { Case } from './cases.ts';

export const together: Readonly<Record<string, Case>> = {
  'two transposes of one tensor to one shape': (draw) => {
    const x = draw.real([3, 3, 3]);
    return add(mul(transpose(x, [1, 2, 0]), 2), transpose(x, [2, 0, 1]));
  },
  'a product of matrices that are transposed twice': (draw) => {
    const twice = (x: Tensor): Tensor => transpose(transpose(x, [1, 0]), [1, 0]);
    return matmul(twice(draw.real([2, 3])), twice(draw.real([3, 4])));
  },
};
