import { expect, it } from 'vitest';
import { differentiate } from './gradients.ts';
import type { Tensor } from './op.ts';
import { add, input, mul, neg, parameter } from './ops.ts';
import { zeros } from './ndarray.ts';
import { bindParameters, defineProgram } from './program.ts';
import { inOrder } from './walk.ts';

it('puts inputs before what needs them, and each tensor once', () => {
  const x = input('x', []);
  const shared = neg(x);
  const root = add(shared, mul(shared, x));
  const order = inOrder([root, shared]);
  expect(new Set(order).size).toBe(order.length);
  for (const tensor of order) {
    for (const before of tensor.op.inputs) {
      expect(order.indexOf(before)).toBeLessThan(order.indexOf(tensor));
    }
  }
  expect(order).toHaveLength(4);
});

it('walks, rewrites and differentiates a graph 50,000 operations deep', () => {
  const p = parameter('p', zeros([]));
  let deep: Tensor = p;
  for (let i = 0; i < 50_000; i += 1) deep = neg(deep);
  expect(inOrder([deep])).toHaveLength(50_001);
  expect(differentiate(deep, [p]).get(p)).toBeDefined();
  const program = bindParameters(defineProgram({ deep }), new Map([['p', zeros([])]]));
  expect(program.parameters).toHaveLength(1);
});
