// A program as the bytes of an ONNX model, training steps included.

import { create, toBinary } from '@bufbuild/protobuf';
import { type Program, type Tensor, inOrder } from '@memae/graph';

import packageJson from '../package.json' with { type: 'json' };
import { onnxError } from './error.ts';
import {
  ModelProtoSchema,
  TensorProto_DataType as DataType,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';
import { createGraphBuilder, elementTypes } from './graph-builder.ts';
import { givesMask, lower } from './lowering.ts';

/** The operator sets the lowering is valid for, and the file format the oldest of them came with. */
const OPSETS = { first: 18, last: 23, irVersion: 8n } as const;

export interface EncodeOptions {
  /** ONNX operator set, 18 to 23. */
  readonly opset?: number;
  /** Kept in the model as `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** `initializers`: the model holds the parameters' initial values. `inputs`: every run is fed them. */
  readonly parameters?: 'initializers' | 'inputs';
  /** The graph's name. */
  readonly name?: string;
}

/**
 * Writes a program as an ONNX model. Inputs, parameters and outputs keep their names and element
 * types, the axis `batch` is symbolic, and what a run writes back into a parameter is the output
 * `update:<parameter>`. Equal programs give equal bytes.
 * @throws `ONNX_UNSUPPORTED_OPSET` for an operator set outside 18 … 23, `ONNX_DUPLICATE_NAME` when
 * two of the model's inputs, parameters and outputs share a name, `ONNX_UNKNOWN_BATCH` when the
 * length of the batch is needed but no input has that axis.
 */
export function encodeOnnx(program: Program, options: EncodeOptions = {}): Uint8Array {
  const { opset = OPSETS.first, metadata = {}, parameters = 'initializers' } = options;
  if (!(Number.isInteger(opset) && opset >= OPSETS.first && opset <= OPSETS.last)) {
    throw onnxError(
      'ONNX_UNSUPPORTED_OPSET',
      `Operator sets ${OPSETS.first} to ${OPSETS.last} can be written, not ${opset}.`,
    );
  }
  const outputs: readonly (readonly [string, Tensor])[] = [
    ...Object.entries(program.outputs),
    ...[...program.updates].map(([p, next]) => [`update:${p.op.name}`, next] as const),
  ];
  const leaves = [...program.inputs, ...program.parameters];
  const named = [...leaves.map((leaf) => leaf.op.name), ...outputs.map(([name]) => name)];
  requireDistinct(named);

  const graph = createGraphBuilder(named);
  if (parameters === 'initializers') {
    for (const { op } of program.parameters) graph.initializer(op.name, op.initial);
  }
  const values = new Map<Tensor, string>();
  const masks = new Map<Tensor, string>();
  const cast = (x: string, to: DataType): string => graph.node('Cast', [x], { attributes: { to } });
  const context = {
    graph,
    value: (x: Tensor) => remember(values, x, () => cast(known(masks, x), DataType.FLOAT)),
    mask: (x: Tensor) => remember(masks, x, () => cast(known(values, x), DataType.BOOL)),
    batch: once(() => {
      const source = program.inputs.find((x) => x.dims.includes('batch'));
      if (source === undefined) {
        throw onnxError(
          'ONNX_UNKNOWN_BATCH',
          'A shape in the program contains the batch, but no input has that axis to measure.',
        );
      }
      const start = source.dims.indexOf('batch');
      return graph.node('Shape', [source.op.name], { attributes: { start, end: start + 1 } });
    }),
  };
  for (const tensor of inOrder(outputs.map(([, tensor]) => tensor))) {
    (givesMask(tensor.op) ? masks : values).set(tensor, lower(tensor.op, context));
  }

  // A value that a node computes takes the output's name; a leaf, or a second name, is copied.
  const renamed = new Map<string, string>();
  for (const [name, tensor] of outputs) {
    const value = context.value(tensor);
    if (graph.computes(value) && !renamed.has(value)) renamed.set(value, name);
    else graph.node('Identity', [value], { output: name });
  }
  const fed = parameters === 'inputs' ? leaves : program.inputs;
  const model = create(ModelProtoSchema, {
    irVersion: OPSETS.irVersion,
    producerName: 'memae',
    producerVersion: packageJson.version,
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: options.name ?? 'memae',
      ...graph.finish(renamed),
      input: fed.map((leaf) => valueInfo(leaf.op.name, leaf)),
      output: outputs.map(([name, tensor]) => valueInfo(name, tensor)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function valueInfo(name: string, { dims, dtype }: Tensor): ValueInfoProto {
  const dim = dims.map((length) => ({
    value:
      length === 'batch'
        ? ({ case: 'dimParam', value: length } as const)
        : ({ case: 'dimValue', value: BigInt(length) } as const),
  }));
  const value = { elemType: elementTypes[dtype], shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value } } });
}

function requireDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i || name === '');
  if (twice === undefined) return;
  throw onnxError(
    'ONNX_DUPLICATE_NAME',
    twice === ''
      ? 'An input, parameter or output has an empty name; ONNX needs one.'
      : `Two of the inputs, parameters and outputs are named ${twice}; in an ONNX model they share one space of names.`,
  );
}

function known(names: ReadonlyMap<Tensor, string>, x: Tensor): string {
  const name = names.get(x);
  if (name === undefined) throw new RangeError(`${x.op.type} is used before it is computed`);
  return name;
}

function remember(names: Map<Tensor, string>, x: Tensor, make: () => string): string {
  const name = names.get(x) ?? make();
  names.set(x, name);
  return name;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
