// Whether a model is what its manifest says, and holds all it needs: nothing in it may reach for other files.

import { fromBinary } from '@bufbuild/protobuf';

import {
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation as DataLocation,
  type ValueInfoProto,
} from '../generated/onnx_pb.js';
import { elementTypes } from '../graph-builder.ts';
import { reasonOf } from '../error.ts';
import type { Manifest, TensorSpec } from './manifest.ts';

/** What is wrong with the model, or `undefined`. */
export function faultOf(model: Uint8Array, manifest: Manifest): string | undefined {
  // What is checked here would not be what ONNX Runtime loads.
  if (Buffer.from(model.subarray(4, 8)).toString('latin1') === 'ORTM') {
    return "it has the mark of ONNX Runtime's own format, which this library never writes";
  }
  let parsed: ModelProto;
  try {
    parsed = fromBinary(ModelProtoSchema, model);
  } catch (error) {
    return `it is no ONNX model (${reasonOf(error)})`;
  }
  const { graph, functions, trainingInfo } = parsed;
  if (graph === undefined) return 'it holds no graph';
  const attributes = graph.node.flatMap((node) => node.attribute);
  const nested = attributes.some((a) => a.g !== undefined || a.graphs.length > 0);
  if (nested || functions.length > 0 || trainingInfo.length > 0) {
    return 'it holds functions or further graphs, which this library never writes';
  }
  const sparse = attributes.some((a) => a.sparseTensor !== undefined || a.sparseTensors.length > 0);
  if (sparse || graph.sparseInitializer.length > 0) {
    return 'it holds sparse tensors, which this library never writes';
  }
  const tensors: readonly (TensorProto | undefined)[] = [
    ...graph.initializer,
    ...attributes.flatMap((a) => [a.t, ...a.tensors]),
  ];
  if (tensors.some((t) => t?.dataLocation === DataLocation.EXTERNAL)) {
    return 'it keeps numbers in other files';
  }
  const { name, ...input } = manifest.input;
  return (
    difference('input', graph.input, { [name]: input }) ??
    difference('output', graph.output, manifest.outputs)
  );
}

function difference(
  kind: string,
  actual: readonly ValueInfoProto[],
  stated: Readonly<Record<string, TensorSpec>>,
): string | undefined {
  const has = actual.map(signature).sort().join(', ');
  const wanted = Object.entries(stated)
    .map(([name, { dtype, dims }]) => `${name} ${elementTypes[dtype]} [${dims.join()}]`)
    .sort()
    .join(', ');
  return has === wanted ? undefined : `its ${kind}s are ${has}, but the manifest states ${wanted}`;
}

function signature({ name, type }: ValueInfoProto): string {
  if (type?.value.case !== 'tensorType') return `${name} (no tensor)`;
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }) => String(value.value ?? '?')) ?? ['?'];
  return `${name} ${elemType} [${dims.join()}]`;
}
