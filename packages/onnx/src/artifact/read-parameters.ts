// What training came to, read back from the model: `encodeOnnx` keeps each parameter as an initial value of its own name.

import { fromBinary } from '@bufbuild/protobuf';
import { type NdArray, type ParameterValues, ndarray } from '@memae/graph';

import { ModelProtoSchema, TensorProto_DataType as DataType } from '../generated/onnx_pb.js';

const float: number = DataType.FLOAT;
/** As the graph's builder calls what is no parameter. */
const constant = /^Constant_\d+$/;

/**
 * The parameters of a model that this library wrote.
 * @param model of an artifact that was read and so checked
 */
export function readParameters(model: Uint8Array): ParameterValues {
  const { graph } = fromBinary(ModelProtoSchema, model);
  const kept = graph?.initializer.filter(
    ({ name, dataType }) => dataType === float && !constant.test(name),
  );
  return new Map(
    kept?.map(({ name, dims, rawData }): [string, NdArray] => {
      // A copy of its own: the bytes within the model need not lie where numbers may.
      const { buffer } = Uint8Array.from(rawData);
      return [name, ndarray(new Float32Array(buffer), dims.map(Number))];
    }),
  );
}
