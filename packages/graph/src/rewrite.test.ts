import { describe, expect, it } from 'vitest';
import { zeros } from './ndarray.ts';
import type { Parameter, Tensor } from './op.ts';
import { add, expand, input, mean, mul, neg, parameter, reshape, sum } from './ops.ts';
import { rewrite, specialise } from './rewrite.ts';
import { inOrder } from './walk.ts';

const noUpdates: ReadonlyMap<Parameter, Tensor> = new Map();

describe('rewrite', () => {
  it('keeps every tensor as it is when nothing is replaced', () => {
    const x = input('x', ['batch']);
    const y = mul(neg(x), x);
    expect(rewrite({ outputs: { y }, updates: noUpdates }, () => undefined).outputs.y).toBe(y);
  });

  it('replaces bottom up, and what is shared stays shared', () => {
    const x = input('x', []);
    const shared = neg(neg(x));
    const y = add(shared, shared);
    const { outputs } = rewrite({ outputs: { y }, updates: noUpdates }, (tensor, [first]) =>
      tensor.op.type === 'neg' && first?.op.type === 'neg' ? first.op.inputs[0] : undefined,
    );
    expect(outputs.y.op.inputs).toEqual([x, x]);
    expect(outputs.y.op.inputs[0]).toBe(x);
  });

  it('replaces parameters in updates on both sides', () => {
    const p = parameter('p', zeros([]));
    const q = parameter('q', zeros([]));
    const { updates } = rewrite({ outputs: {}, updates: new Map([[p, add(p, 1)]]) }, (tensor) =>
      tensor === p ? q : undefined,
    );
    const [[key, next] = []] = [...updates];
    expect(key).toBe(q);
    expect(next?.op.inputs[0]).toBe(q);
  });
});

it('specialise puts a number in the place of the batch everywhere', () => {
  const x = input('x', ['batch', 4]);
  const halves = reshape(x, ['batch', 2, 2]);
  const y = add(expand(mean(halves, { axes: [0], keepDims: true }), ['batch', 2, 2]), halves);
  const graph = specialise({ outputs: { y, total: sum(y) }, updates: noUpdates }, 5);
  for (const { dims } of inOrder(Object.values(graph.outputs))) expect(dims).not.toContain('batch');
  expect(graph.outputs.y.dims).toEqual([5, 2, 2]);
  expect(y.dims).toEqual(['batch', 2, 2]);
});
