// That gradients are right is shown by the backend's contract; here, what they are of.

import { describe, expect, it } from 'vitest';
import { differentiate, gradients } from './gradients.ts';
import { ndarray, zeros } from './ndarray.ts';
import {
  argMax,
  cast,
  constant,
  gather,
  input,
  mean,
  mul,
  parameter,
  sum,
  transpose,
} from './ops.ts';

const p = parameter('p', zeros([2, 3]));

describe('gradients', () => {
  it('have the shapes of the parameters, and are zeros where the loss does not reach', () => {
    const far = parameter('far', zeros([4]));
    const found = gradients(sum(mul(p, p)), [p, far]);
    expect(found.get(p)?.dims).toEqual([2, 3]);
    expect(found.get(far)?.op).toMatchObject({ type: 'constant', value: zeros([4]) });
  });

  it('refuse a loss that is no float32 scalar', () => {
    expect(() => gradients(p, [p])).toThrow(
      'A loss must be a float32 scalar, but it is float32 2×3',
    );
    const index = argMax(mean(p, { axes: [0] }));
    expect(() => gradients(index, [p])).toThrow('it is int32 scalar');
  });

  it('do not flow through choices and casts', () => {
    const chosen = cast(argMax(p), 'float32');
    expect(differentiate(sum(chosen), [p]).has(p)).toBe(false);
  });
});

describe('the gradient of gather', () => {
  const byBatch = input('index', ['batch', 2], 'int32');

  it('takes an index by batch', () => {
    const found = gradients(sum(gather(p, byBatch)), [p]);
    expect(found.get(p)?.dims).toEqual([2, 3]);
  });

  it('says so where the batch lies elsewhere', () => {
    const x = input('x', [3, 'batch']);
    const index = constant(ndarray(Int32Array.of(0), [1]));
    expect(() => differentiate(sum(gather(x, index)), [x])).toThrow(
      'The gradient of gather along axis 0 of 3×batch by 1 needs the batch in front of that axis',
    );
    const late = transpose(byBatch, [1, 0]);
    expect(() => gradients(sum(gather(p, late)), [p])).toThrow('or first in the index');
  });
});
