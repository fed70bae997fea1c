import { expect, it } from 'vitest';
import { ndarray, zeros } from './ndarray.ts';
import {
  add,
  constant,
  conv,
  input,
  leakyRelu,
  mul,
  parameter,
  reshape,
  softmax,
  sum,
} from './ops.ts';
import { printProgram } from './print.ts';
import { defineProgram } from './program.ts';

it('lists operations, shapes, outputs and updates', () => {
  const x = input('x', ['batch', 1, 4, 4]);
  const kernel = parameter('kernel', zeros([2, 1, 3, 3]));
  const y = leakyRelu(conv(x, kernel, { stride: [2, 2], padding: [1, 1] }), 0.1);
  const weights = softmax(reshape(y, ['batch', 8]));
  const total = sum(mul(weights, constant(ndarray([1, 2, 3, 4, 5, 6, 7, 8], [8]))), { axes: [1] });
  const steps = parameter('steps', zeros([]));
  const program = defineProgram({ total }, new Map([[steps, add(steps, 1)]]));
  expect(printProgram(program)).toMatchInlineSnapshot(`
    "%0 = input() name x : float32 batch×1×4×4
    %1 = parameter() name kernel : float32 2×1×3×3
    %2 = conv(%0, %1) stride [2,2] padding [1,1] : float32 batch×2×2×2
    %3 = leakyRelu(%2) slope 0.1 : float32 batch×2×2×2
    %4 = reshape(%3) to [batch,8] : float32 batch×8
    %5 = softmax(%4) axis 1 : float32 batch×8
    %6 = constant() … : float32 8
    %7 = mul(%5, %6) : float32 batch×8
    %8 = sum(%7) axes [1] keepDims false : float32 batch
    %9 = parameter() name steps : float32 scalar
    %10 = constant() 1 : float32 scalar
    %11 = add(%9, %10) : float32 scalar
    output total = %8
    update steps ← %11"
  `);
});
