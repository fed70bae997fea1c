// One relation, three operations. A convolution joins x[b, i, q], kernel[o, i, k] and y[b, o, p] where
//   q = p · stride + k − padding   on every spatial axis,
// and each of the three is the sum over such triples of the product of the other two:
//   conv y = Σ x · kernel,   convTranspose x = Σ y · kernel,   convKernelGradient kernel = Σ x · y.

import type { Shape, Window } from '@memae/graph';

/** The shapes x [B, I, …q], kernel [O, I, …k] and y [B, O, …p]. */
export interface Joined {
  readonly x: Shape;
  readonly kernel: Shape;
  readonly y: Shape;
  readonly window: Window;
}

/** Visits every triple by its places in x, kernel and y; what lies in the padding is left out. */
export function forEachTriple(
  { x, kernel, y, window }: Joined,
  visit: (x: number, kernel: number, y: number) => void,
): void {
  const [batch = 0, inputs = 0] = x;
  const [, outputs = 0] = y;
  // Fewer than three spatial axes: axes of length 1 in front change nothing.
  const [xd, xh, xw] = three(x.slice(2), 1);
  const [kd, kh, kw] = three(kernel.slice(2), 1);
  const [yd, yh, yw] = three(y.slice(2), 1);
  const [sd, sh, sw] = three(window.stride, 1);
  const [pd, ph, pw] = three(window.padding, 0);

  for (let b = 0; b < batch; b += 1) {
    for (let o = 0; o < outputs; o += 1) {
      for (let i = 0; i < inputs; i += 1) {
        for (let d = 0; d < yd; d += 1) {
          for (let h = 0; h < yh; h += 1) {
            for (let w = 0; w < yw; w += 1) {
              const place = (((b * outputs + o) * yd + d) * yh + h) * yw + w;
              for (let u = 0; u < kd; u += 1) {
                const qd = d * sd + u - pd;
                if (qd < 0 || qd >= xd) continue;
                for (let v = 0; v < kh; v += 1) {
                  const qh = h * sh + v - ph;
                  if (qh < 0 || qh >= xh) continue;
                  for (let t = 0; t < kw; t += 1) {
                    const qw = w * sw + t - pw;
                    if (qw < 0 || qw >= xw) continue;
                    visit(
                      (((b * inputs + i) * xd + qd) * xh + qh) * xw + qw,
                      (((o * inputs + i) * kd + u) * kh + v) * kw + t,
                      place,
                    );
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

function three(list: Shape, filler: number): readonly [number, number, number] {
  const [a = filler, b = filler, c = filler] = [...[filler, filler, filler], ...list].slice(-3);
  return [a, b, c];
}
