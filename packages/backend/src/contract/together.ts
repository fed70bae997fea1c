// Operations that meet in ways in which an engine's own layouts and shortcuts could go wrong, where no
// operation does alone.

import {
  type Tensor,
  add,
  constant,
  conv,
  convTranspose,
  greater,
  matmul,
  mul,
  relu,
  transpose,
  where,
  zeros,
} from '@memae/graph';
import type { Case } from './cases.ts';
import type { Draw } from './draw.ts';

export const together: Readonly<Record<string, Case>> = {
  'two transposes of one tensor to one shape': (draw) => {
    const x = draw.real([3, 3, 3]);
    return add(mul(transpose(x, [1, 2, 0]), 2), transpose(x, [2, 0, 1]));
  },
  'a product of matrices that are transposed twice': (draw) => {
    const twice = (x: Tensor): Tensor => transpose(transpose(x, [1, 0]), [1, 0]);
    return matmul(twice(draw.real([2, 3])), twice(draw.real([3, 4])));
  },
  'a convolution and a tensor of more axes': (draw) =>
    add(pointwise(draw), draw.real([1, 1, 2, 1, 1])),
  'convolutions over pictures and over volumes': (draw) => {
    const volumes = conv(draw.real([2, 3, 2, 2, 2]), draw.real([2, 3, 1, 1, 1]), {
      stride: [1, 1, 1],
      padding: [0, 0, 0],
    });
    return add(volumes, pointwise(draw));
  },
  'a convolution over volumes whose stride exceeds its kernel': (draw) =>
    conv(draw.real(['batch', 2, 4, 2, 2]), draw.real([3, 2, 1, 1, 1]), {
      stride: [2, 1, 1],
      padding: [0, 0, 0],
    }),
  'a convolution whose kernel is one’s output': (draw) =>
    conv(draw.real(['batch', 3, 5]), kernelBy(draw, { to: 5, from: 3 }), slide),
  'a transposed convolution whose kernel is a convolution’s output': (draw) =>
    convTranspose(draw.real(['batch', 3, 4]), kernelBy(draw, { to: 3, from: 6 }), {
      ...slide,
      outputPadding: [0],
    }),
  'a transposed convolution to few channels whose kernel is a convolution’s output': (draw) =>
    convTranspose(draw.real(['batch', 5, 4]), kernelBy(draw, { to: 5, from: 3 }), {
      ...slide,
      outputPadding: [0],
    }),
  'a transposed convolution of which no tap reaches the output': (draw) =>
    convTranspose(draw.real(['batch', 2, 1]), draw.real([2, 6, 1]), {
      stride: [3],
      padding: [1],
      outputPadding: [2],
    }),
  'a choice between what relu lets pass and a larger tensor of zeros': (draw) => {
    const x = draw.real([1, 2]);
    return where(greater(relu(x), 0), x, constant(zeros([3, 2])));
  },
};

const slide = { stride: [1], padding: [0] };

/** [2, 2, 2, 2] by a convolution. */
function pointwise(draw: Draw): Tensor {
  return conv(draw.real([2, 3, 2, 2]), draw.real([2, 3, 1, 1]), {
    stride: [1, 1],
    padding: [0, 0],
  });
}

/** A kernel [to, from, 3] by a convolution. */
function kernelBy(
  draw: Draw,
  { to, from }: { readonly to: number; readonly from: number },
): Tensor {
  return conv(draw.real([to, 2, 4]), draw.real([from, 2, 2]), slide);
}
