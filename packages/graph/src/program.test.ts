import { describe, expect, it } from 'vitest';
import { hasCode } from './error.ts';
import { ndarray, zeros } from './ndarray.ts';
import type { Parameter, Tensor } from './op.ts';
import { add, cast, constant, input, mean, mul, parameter, sum, withUpdate } from './ops.ts';
import { bindParameters, defineProgram } from './program.ts';
import { inOrder } from './walk.ts';

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    return ['GRAPH_DUPLICATE_NAME', 'GRAPH_SHAPE_MISMATCH'].find((code) => hasCode(error, code));
  }
};

describe('defineProgram', () => {
  it('finds inputs and parameters behind outputs and updates, each once', () => {
    const x = input('x', ['batch']);
    const rate = input('rate', []);
    const p = parameter('p', zeros([]));
    const unread = parameter('unread', zeros([]));
    const program = defineProgram(
      { y: add(mul(x, p), p) },
      new Map<Parameter, Tensor>([[unread, mul(rate, p)]]),
    );
    expect(program.inputs.map(({ op }) => op.name)).toEqual(['x', 'rate']);
    expect(program.parameters.map(({ op }) => op.name)).toEqual(['p', 'unread']);
  });

  it('refuses two inputs or two parameters of one name', () => {
    const two = (a: Tensor, b: Tensor) => () => defineProgram({ y: add(a, b) });
    const inputs = two(input('x', []), input('x', []));
    expect(codeOf(inputs)).toBe('GRAPH_DUPLICATE_NAME');
    expect(inputs).toThrow('Two inputs are named x');
    const parameters = two(parameter('p', zeros([])), parameter('p', zeros([])));
    expect(parameters).toThrow('Two parameters are named p');
  });

  it('refuses an update of another shape or element type', () => {
    const p = parameter('p', zeros([2]));
    const shape = (): unknown => defineProgram({}, new Map([[p, constant(zeros([3]))]]));
    expect(codeOf(shape)).toBe('GRAPH_SHAPE_MISMATCH');
    expect(shape).toThrow('The update of p is float32 3, but the parameter is float32 2.');
    const type = (): unknown => defineProgram({}, new Map([[p, cast(p, 'int32')]]));
    expect(type).toThrow('The update of p is int32 2, but the parameter is float32 2.');
  });
});

describe('withUpdate', () => {
  const x = input('x', ['batch']);

  it('becomes an update of the program and leaves the graph', () => {
    const average = parameter('average', zeros([]));
    const next = mean(x);
    const { outputs, updates } = defineProgram({ y: mul(withUpdate(x, average, next), 2) });
    expect(inOrder([outputs.y]).map(({ op }) => op.type)).not.toContain('withUpdate');
    expect([...updates]).toEqual([[average, next]]);
  });

  it('is found inside of updates, too', () => {
    const [inner, outer] = [parameter('inner', zeros([])), parameter('outer', zeros([]))];
    const counted = withUpdate(sum(x), inner, add(inner, 1));
    const { updates } = defineProgram({ y: x }, new Map([[outer, counted]]));
    expect([...updates.keys()].map(({ op }) => op.name).sort()).toEqual(['inner', 'outer']);
    const types = inOrder(updates.values()).map(({ op }) => op.type);
    expect(types).not.toContain('withUpdate');
  });

  it('may be met twice, but not with two values for one parameter', () => {
    const p = parameter('p', zeros([]));
    const once = withUpdate(x, p, sum(x));
    expect(defineProgram({ y: add(once, once) }).updates.size).toBe(1);
    const twice = withUpdate(withUpdate(x, p, sum(x)), p, mean(x));
    expect(() => defineProgram({ y: twice })).toThrow('Two updates are named p');
    expect(() => defineProgram({ y: once }, new Map([[p, mean(x)]]))).toThrow('Two updates');
  });
});

describe('bindParameters', () => {
  const p = parameter('p', ndarray([1, 2], [2]));
  const kept = parameter('kept', ndarray([7], []));
  const program = defineProgram({ y: mul(p, kept) }, new Map([[p, add(p, 1)]]));

  it('starts from other values, keeps the rest, and leaves the program as it was', () => {
    const value = ndarray([3, 4], [2]);
    const bound = bindParameters(
      program,
      new Map([
        ['p', value],
        ['of another program', value],
      ]),
    );
    const initials = bound.parameters.map(({ op }) => [op.name, ...op.initial.data]);
    expect(initials).toEqual([
      ['p', 3, 4],
      ['kept', 7],
    ]);
    expect([...bound.updates.keys()]).toEqual(bound.parameters.slice(0, 1));
    expect(program.parameters[0]?.op.initial).toEqual(ndarray([1, 2], [2]));
  });

  it('refuses a value of another shape', () => {
    const bind = (): unknown => bindParameters(program, new Map([['p', zeros([3])]]));
    expect(codeOf(bind)).toBe('GRAPH_SHAPE_MISMATCH');
    expect(bind).toThrow('Parameter p has shape 2, but the value has 3.');
  });
});
