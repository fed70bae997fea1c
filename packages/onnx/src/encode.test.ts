import { fromBinary } from '@bufbuild/protobuf';
import {
  type OpType,
  add,
  concat,
  constant,
  convTranspose,
  defineProgram,
  expand,
  greater,
  input,
  matmul,
  mul,
  ndarray,
  parameter,
  relu,
  reshape,
  sum,
  where,
  zeros,
} from '@memae/graph';
import { describe, expect, it } from 'vitest';

import packageJson from '../package.json' with { type: 'json' };
import { cases } from './encode-cases.ts';
import { type EncodeOptions, encodeOnnx } from './encode.ts';
import { type GraphProto, type ModelProto, ModelProtoSchema } from './generated/onnx_pb.js';

type Program = Parameters<typeof encodeOnnx>[0];

const modelOf = (program: Program, options?: EncodeOptions): ModelProto =>
  fromBinary(ModelProtoSchema, encodeOnnx(program, options));

function graphOf(program: Program, options?: EncodeOptions): GraphProto {
  const { graph } = modelOf(program, options);
  if (graph === undefined) throw new Error('the model has no graph');
  return graph;
}

const types = (graph: GraphProto): string[] => graph.node.map((node) => node.opType);
const names = (list: readonly { readonly name: string }[]): string[] => list.map((x) => x.name);

const x = input('x', ['batch', 2]);
const w = parameter('w', ndarray([1, 2, 3, 4], [2, 2]));

describe('every operation', () => {
  it.each(Object.keys(cases) as OpType[])('%s: values are named once and before use', (type) => {
    expect(cases[type].length).toBeGreaterThan(0);
    for (const { program, options } of cases[type]) {
      const graph = graphOf(program, options);
      const seen = new Set(['', ...names(graph.input), ...names(graph.initializer)]);
      expect(seen.size).toBe(1 + graph.input.length + graph.initializer.length);
      for (const node of graph.node) {
        expect(node.input.filter((value) => !seen.has(value))).toEqual([]);
        expect(node.output.filter((value) => seen.has(value))).toEqual([]);
        node.output.forEach((value) => seen.add(value));
      }
      expect(names(graph.output).filter((value) => !seen.has(value))).toEqual([]);
      expect(new Set(names(graph.node)).size).toBe(graph.node.length);
    }
  });
});

describe('a transposed convolution', () => {
  const typesOf = (
    to: number,
    window: { stride: number[]; padding: number[]; outputPadding: number[] },
    taps = 3,
  ): string[] => {
    const from = input('x', ['batch', 2, ...window.stride.map(() => 4)]);
    const kernel = parameter('kernel', zeros([2, to, ...window.stride.map(() => taps)]));
    return types(graphOf(defineProgram({ y: convTranspose(from, kernel, window) })));
  };
  const even = { stride: [1, 2, 2], padding: [1, 1, 1], outputPadding: [0, 1, 1] };

  it('is a convolution for each place of the stride', () => {
    const found = typesOf(5, even);
    expect(found).not.toContain('ConvTranspose');
    expect(found.filter((type) => type === 'Conv')).toHaveLength(4);
  });

  it.each([
    ['few channels come out', 4, even, 3],
    ['a place has one output more', 5, { stride: [2], padding: [1], outputPadding: [0] }, 3],
    ['no tap reaches a place', 5, { stride: [3], padding: [0], outputPadding: [1] }, 2],
    ['not all of the input is seen', 5, { stride: [1], padding: [2], outputPadding: [0] }, 2],
  ])('stays one where %s', (_, to, window, taps) => {
    expect(typesOf(to, window, taps)).toEqual(['ConvTranspose']);
  });
});

describe('names and leaves', () => {
  const program = defineProgram({ y: matmul(x, w) }, new Map([[w, mul(w, 2)]]));

  it('keeps parameters as initial values, little-endian', () => {
    const graph = graphOf(program);
    expect(names(graph.input)).toEqual(['x']);
    const stored = graph.initializer.find(({ name }) => name === 'w');
    expect(stored?.dims).toEqual([2n, 2n]);
    expect([...new Float32Array(Uint8Array.from(stored?.rawData ?? []).buffer)]).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('takes parameters as inputs on request', () => {
    const graph = graphOf(program, { parameters: 'inputs' });
    expect(names(graph.input)).toEqual(['x', 'w']);
    expect(names(graph.initializer)).not.toContain('w');
  });

  it('gives what is written back as outputs of their own', () => {
    const graph = graphOf(program);
    expect(names(graph.output)).toEqual(['y', 'update:w']);
    expect(graph.node.map((node) => node.output[0])).toEqual(['y', 'update:w']);
  });

  it('states a symbolic batch', () => {
    const [first] = graphOf(program).input;
    const type = first?.type?.value;
    const shape = type?.case === 'tensorType' ? type.value.shape : undefined;
    expect(shape?.dim.map(({ value }) => value.value)).toEqual(['batch', 2n]);
  });

  it('copies what has two names, or is a leaf', () => {
    const y = relu(x);
    const graph = graphOf(defineProgram({ a: y, b: y, c: x, d: w, e: constant(1) }));
    expect(graph.node.map(({ opType, input, output }) => [opType, ...input, ...output])).toEqual([
      ['Relu', 'x', 'a'],
      ['Identity', 'a', 'b'],
      ['Identity', 'x', 'c'],
      ['Identity', 'w', 'd'],
      ['Identity', 'Constant_1', 'e'],
    ]);
  });

  it('makes up names beside those given', () => {
    const graph = graphOf(defineProgram({ Relu_1: relu(relu(input('Constant_1', [2]))) }));
    expect(graph.node.map((node) => node.output[0])).toEqual(['Relu_2', 'Relu_1']);
  });

  it('writes producer, metadata, name and operator set', () => {
    const model = modelOf(program, { metadata: { method: 'memae' }, name: 'digits', opset: 21 });
    expect(model.producerName).toBe('memae');
    expect(model.producerVersion).toBe(packageJson.version);
    expect(model.opsetImport.map(({ version }) => version)).toEqual([21n]);
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['method', 'memae'],
    ]);
    expect(model.graph?.name).toBe('digits');
  });

  it('gives equal bytes for equal programs', () => {
    expect(encodeOnnx(program)).toEqual(encodeOnnx(program));
  });
});

describe('what is left out', () => {
  it('does not turn a mask into numbers for where', () => {
    const program = defineProgram({ y: where(greater(x, 0), x, 0) });
    expect(types(graphOf(program))).toEqual(['Greater', 'Where']);
  });

  it('casts a comparison once for all who need numbers', () => {
    const mask = greater(x, 0);
    const program = defineProgram({ y: add(mask, mul(mask, where(mask, x, 0))) });
    expect(types(graphOf(program)).filter((type) => type === 'Cast')).toHaveLength(1);
  });

  it('keeps equal constants once', () => {
    const graph = graphOf(defineProgram({ y: mul(add(x, 2), 2), z: sum(x, { axes: [1] }) }));
    expect(names(graph.initializer)).toEqual(['Constant_1', 'Constant_2']);
  });

  it('keeps constants of other types or shapes apart', () => {
    const zeros = [ndarray([0], [1]), ndarray([0], [1, 1]), ndarray(Int32Array.of(0), [1])];
    const program = defineProgram(
      Object.fromEntries(zeros.map((zero, i) => [`y${i}`, constant(zero)])),
    );
    expect(graphOf(program).initializer).toHaveLength(3);
  });

  it('measures the batch once, and only where a constant shape will not do', () => {
    const wide = ['batch', 2, 3] as const;
    const kept = expand(reshape(x, ['batch', 2, 1]), wide);
    expect(types(graphOf(defineProgram({ y: kept })))).toEqual(['Reshape', 'Expand']);
    const made = concat([expand(constant(1), wide), expand(constant(2), ['batch', 1, 3])], 1);
    const graph = graphOf(defineProgram({ y: made, z: relu(x) }));
    expect(types(graph).filter((type) => type === 'Shape')).toHaveLength(1);
  });

  it('uses Gemm for matrices and MatMul for stacks of them', () => {
    const gemm = graphOf(defineProgram({ y: matmul(x, w, { transposeB: true }) }));
    expect(types(gemm)).toEqual(['Gemm']);
    const stacked = matmul(reshape(x, ['batch', 1, 2]), w, { transposeB: true });
    expect(types(graphOf(defineProgram({ y: stacked })))).toEqual([
      'Reshape',
      'Transpose',
      'MatMul',
    ]);
  });
});

describe('refusals', () => {
  it.each([17, 24, 18.5])('operator set %d', (opset) => {
    expect(() => encodeOnnx(defineProgram({ y: x }), { opset })).toThrow(
      `Operator sets 18 to 23 can be written, not ${opset}.`,
    );
  });

  it('two values of one name', () => {
    const clash = parameter('x', ndarray([1, 2], [2]));
    expect(() => encodeOnnx(defineProgram({ y: add(x, clash) }))).toThrow(/are named x/);
    expect(() => encodeOnnx(defineProgram({ x: relu(x) }))).toThrow(/are named x/);
  });

  it('a value without a name', () => {
    expect(() => encodeOnnx(defineProgram({ y: relu(input('', [1])) }))).toThrow(/empty name/);
  });

  it('a batch that no input has', () => {
    const program = defineProgram({ y: expand(constant(1), ['batch']) });
    expect(() => encodeOnnx(program)).toThrow(
      expect.objectContaining({ code: 'ONNX_UNKNOWN_BATCH' }),
    );
  });
});
