// How close a query z is to each item m_i of the memory.
//
//   cosine:  d(z, m_i) = t · z·m_i / (‖z‖ ‖m_i‖)      (eq. 5 of the paper, with t = 1)
//   dot:     d(z, m_i) = t · z·m_i                     (the authors' released code, with t = 1)

import {
  type Tensor,
  div,
  greater,
  matmul,
  maximum,
  mul,
  sqrt,
  square,
  sum,
  where,
} from '@memae/graph';
import { epsilon } from './epsilon.ts';

/** `cosine` as in the paper, `dot` as in the authors' released code. */
export type Similarity = 'cosine' | 'dot';

/** The temperature t sharpens (above 1) or flattens (below 1) the addressing that follows. */
export interface SimilarityOptions {
  readonly temperature?: number;
}

/** z [… C], items [N, C] → [… N], each in ±t. A query of length zero is as far from every item. */
export function cosineSimilarity(
  queries: Tensor,
  items: Tensor,
  options: SimilarityOptions = {},
): Tensor {
  return dotSimilarity(unit(queries), unit(items), options);
}

/** z [… C], items [N, C] → [… N]. */
export function dotSimilarity(
  queries: Tensor,
  items: Tensor,
  { temperature = 1 }: SimilarityOptions = {},
): Tensor {
  const product = matmul(queries, items, { transposeB: true });
  return temperature === 1 ? product : mul(product, temperature);
}

/** Vectors of the last axis at length one; a vector of zeros stays so and passes no gradient. */
export function unit(vectors: Tensor): Tensor {
  const squared = sum(square(vectors), { axes: [-1], keepDims: true });
  const tiny = epsilon * epsilon;
  const inverse = div(1, sqrt(maximum(squared, tiny)));
  return mul(vectors, where(greater(squared, tiny), inverse, 0));
}
