// y = x Wᵀ + b

import { add, matmul } from '../ops.ts';
import { type Initializer, fanIn } from './initializers.ts';
import { type Layer, type LayerInit, createParameter } from './layer.ts';

/** Fully connected: x [B, from] → [B, to]. Parameters `weight` [to, from] and `bias` [to]. */
export function dense(
  init: LayerInit,
  {
    from,
    to,
    initializer = fanIn(from),
  }: { readonly from: number; readonly to: number; readonly initializer?: Initializer },
): Layer {
  const weight = createParameter(init, 'weight', { shape: [to, from], initializer });
  const bias = createParameter(init, 'bias', { shape: [to], initializer: fanIn(from) });
  return (x) => add(matmul(x, weight, { transposeB: true }), bias);
}
