// How badly a sample is reconstructed: the training loss and the anomaly score (eq. 8 and section 3.2).
// With d = x − x̂, over the elements of a sample:
//
//   squared:   e = Σ d²  (the paper)        or its mean (the loss of the released code)
//   absolute:  e = Σ |d|                    or its mean (the score of the released code)
//
// With weights w, one an element, each term is w_i d_i² or w_i |d_i|.

import {
  MemaeError,
  type Tensor,
  abs,
  formatShape,
  mean,
  mul,
  square,
  sub,
  sum,
} from '@memae/graph';

/** `sum` as in the paper, `mean` as in the authors' released code. */
export type Reduction = 'sum' | 'mean';

/** `squared` as in the paper; the authors' released code scores by `absolute`. */
export type ErrorKind = 'squared' | 'absolute';

export interface ErrorOptions {
  readonly error?: ErrorKind;
  /** What each element's error is multiplied by, in the shape of a sample; 1 unless given. */
  readonly weights?: Tensor;
}

/** x and its reconstruction [B, …], both of one shape → one error a sample [B]. */
export function reconstructionError(
  x: Tensor,
  reconstruction: Tensor,
  { reduction = 'sum', ...options }: ErrorOptions & { readonly reduction?: Reduction } = {},
): Tensor {
  const axes = x.dims.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  const errors = errorMap(x, reconstruction, options);
  return reduction === 'sum' ? sum(errors, { axes }) : mean(errors, { axes });
}

/**
 * The error of every element, in the shape of x.
 * @throws `GRAPH_SHAPE_MISMATCH` when the two differ in shape, which a subtraction alone would broadcast.
 */
export function errorMap(
  x: Tensor,
  reconstruction: Tensor,
  { error = 'squared', weights }: ErrorOptions = {},
): Tensor {
  const [expected, came] = [formatShape(x.dims), formatShape(reconstruction.dims)];
  if (came !== expected) {
    throw new MemaeError(
      'GRAPH_SHAPE_MISMATCH',
      `A reconstruction has its sample's shape, ${expected}, but it is ${came}.`,
    );
  }
  const difference = sub(x, reconstruction);
  const errors = error === 'squared' ? square(difference) : abs(difference);
  return weights === undefined ? errors : mul(errors, weights);
}
