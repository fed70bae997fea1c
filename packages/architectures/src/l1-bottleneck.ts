// AE-ℓ1: the encoding itself, kept sparse by its ℓ1 norm in the loss:
//
//   loss = mean over samples of ‖x − x̂‖² + β ‖z‖₁

import { abs, mean, mul, sum } from '@memae/graph';
import type { Bottleneck } from './bottleneck.ts';

/** `weight` is β. */
export function l1Bottleneck({ weight }: { readonly weight: number }): Bottleneck {
  return {
    pass: (code) => {
      const axes = code.dims.map((_, axis) => axis).slice(1);
      return { code, penalty: mul(mean(sum(abs(code), { axes })), weight) };
    },
  };
}
