// How badly a sample is reconstructed: the training loss and the anomaly score (eq. 8 and section 3.2):
//
//   sum:   e = ‖x − x̂‖²          mean:  e = ‖x − x̂‖² / number of elements

import { MemaeError, type Tensor, formatShape, mean, square, sub, sum } from '@memae/graph';

/** `sum` as in the paper, `mean` as in the authors' released code. */
export type Reduction = 'sum' | 'mean';

/** x and its reconstruction [B, …], both of one shape → one error a sample [B]. */
export function reconstructionError(
  x: Tensor,
  reconstruction: Tensor,
  { reduction = 'sum' }: { readonly reduction?: Reduction } = {},
): Tensor {
  const axes = x.dims.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const squared = errorMap(x, reconstruction);
  return reduction === 'sum' ? sum(squared, { axes }) : mean(squared, { axes });
}

/**
 * The squared error of every element, in the shape of x.
 * @throws `GRAPH_SHAPE_MISMATCH` when the two differ in shape, which a subtraction alone would broadcast.
 */
export function errorMap(x: Tensor, reconstruction: Tensor): Tensor {
  const [expected, came] = [formatShape(x.dims), formatShape(reconstruction.dims)];
  if (came !== expected) {
    throw new MemaeError(
      'GRAPH_SHAPE_MISMATCH',
      `A reconstruction has its sample's shape, ${expected}, but it is ${came}.`,
    );
  }
  return square(sub(x, reconstruction));
}
