// How badly a sample is reconstructed: the training loss and the anomaly score (eq. 8 and section 3.4):
//
//   sum:   e = ‖x − x̂‖²          mean:  e = ‖x − x̂‖² / number of elements

import { type Tensor, mean, square, sub, sum } from '@memae/graph';

/** `sum` as in the paper, `mean` as in the authors' released code. */
export type Reduction = 'sum' | 'mean';

/** x and its reconstruction [B, …] → one error a sample [B]. */
export function reconstructionError(
  x: Tensor,
  reconstruction: Tensor,
  { reduction = 'sum' }: { readonly reduction?: Reduction } = {},
): Tensor {
  const axes = x.dims.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const squared = errorMap(x, reconstruction);
  return reduction === 'sum' ? sum(squared, { axes }) : mean(squared, { axes });
}

/** The squared error of every element, in the shape of x. */
export function errorMap(x: Tensor, reconstruction: Tensor): Tensor {
  return square(sub(x, reconstruction));
}
