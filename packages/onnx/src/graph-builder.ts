// Collects the nodes and initial values of one ONNX graph, and gives each a name.

import { create } from '@bufbuild/protobuf';
import { type AnyNdArray, type DType, type Shape } from '@memae/graph';

import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
} from './generated/onnx_pb.js';

/** How ONNX calls our element types. */
export const elementTypes: Readonly<Record<DType, DataType>> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
};

/** An integer, a list of integers, or a number marked as a float. */
type Attribute = number | readonly number[] | { readonly float: number };

export interface GraphBuilder {
  /** Adds a node with one output and gives that output's name. */
  node(
    type: string,
    inputs: readonly string[],
    options?: {
      readonly attributes?: Readonly<Record<string, Attribute>>;
      readonly output?: string;
    },
  ): string;
  /** Adds an initial value under a name of its own. */
  initializer(name: string, value: AnyNdArray): void;
  /** The name of a constant; equal small constants share one. */
  constant(value: AnyNdArray): string;
  /** The name of a constant list of 64-bit integers: shapes, axes, bounds. */
  integers(list: readonly number[]): string;
  /** Whether a node of this graph gives that value. */
  computes(name: string): boolean;
  /** The graph's parts, with some values renamed. */
  finish(renamed: ReadonlyMap<string, string>): {
    readonly node: NodeProto[];
    readonly initializer: TensorProto[];
  };
}

/** Constants up to this many bytes are compared, so that equal ones are kept once. */
const SMALL = 256;

/** An empty graph; names it makes up stay clear of those `taken`. */
export function createGraphBuilder(taken: Iterable<string>): GraphBuilder {
  const names = new Set(taken);
  const counters = new Map<string, number>();
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const computed = new Set<string>();
  const constants = new Map<string, string>();

  const fresh = (prefix: string): string => {
    for (;;) {
      const count = (counters.get(prefix) ?? 0) + 1;
      counters.set(prefix, count);
      const name = `${prefix}_${count}`;
      if (!names.has(name)) {
        names.add(name);
        return name;
      }
    }
  };
  const keep = (name: string, dataType: DataType, dims: Shape, rawData: Uint8Array): void => {
    initializers.push(
      create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData }),
    );
  };
  const shared = (dataType: DataType, dims: Shape, rawData: Uint8Array): string => {
    const key = rawData.length > SMALL ? '' : `${dataType} ${dims.join('×')} ${rawData.join()}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = fresh('Constant');
    keep(name, dataType, dims, rawData);
    if (key !== '') constants.set(key, name);
    return name;
  };

  return {
    node(type, inputs, { attributes = {}, output } = {}) {
      const name = fresh(type);
      const result = output ?? name;
      nodes.push(
        create(NodeProtoSchema, {
          name,
          opType: type,
          input: [...inputs],
          output: [result],
          attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
        }),
      );
      computed.add(result);
      return result;
    },
    initializer: (name, value) => {
      keep(name, elementTypes[value.dtype], value.shape, bytes(value.data));
    },
    constant: (value) => shared(elementTypes[value.dtype], value.shape, bytes(value.data)),
    integers: (list) =>
      shared(DataType.INT64, [list.length], bytes(BigInt64Array.from(list, BigInt))),
    computes: (name) => computed.has(name),
    finish(renamed) {
      const now = (name: string): string => renamed.get(name) ?? name;
      for (const node of nodes) {
        node.input = node.input.map(now);
        node.output = node.output.map(now);
      }
      return { node: nodes, initializer: initializers };
    },
  };
}

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

/** The array's memory as it lies: little-endian, as ONNX wants it, wherever Node runs with ONNX Runtime. */
function bytes(data: AnyNdArray['data'] | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
