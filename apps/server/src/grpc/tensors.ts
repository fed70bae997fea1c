// Tensors in the protocol's messages: as raw bytes beside them, or as lists of typed elements in them. Answers come as
// the request's inputs did.

import { create } from '@bufbuild/protobuf';
import { formatShape, sizeOf } from '@memae/graph';
import {
  type Datatype,
  type TensorData,
  type WireTensor,
  createElements,
  decodeElements,
  encodeElements,
  requireDatatype,
} from '../core/datatypes.ts';
import { serverError } from '../core/error.ts';
import {
  type InferTensorContents,
  InferTensorContentsSchema,
  type ModelInferRequest,
  type ModelInferRequest_InferInputTensor,
  type ModelInferResponse,
  ModelInferResponse_InferOutputTensorSchema,
} from './generated/inference_pb.js';

type Field = Exclude<keyof InferTensorContents, '$typeName' | '$unknown'>;

const fieldOf: Readonly<Record<Exclude<Datatype, 'FP16'>, Field>> = {
  BOOL: 'boolContents',
  INT8: 'intContents',
  INT16: 'intContents',
  INT32: 'intContents',
  INT64: 'int64Contents',
  UINT8: 'uintContents',
  UINT16: 'uintContents',
  UINT32: 'uintContents',
  UINT64: 'uint64Contents',
  FP32: 'fp32Contents',
  FP64: 'fp64Contents',
  BYTES: 'bytesContents',
};

/** @throws `SERVER_BAD_REQUEST` naming the input and what is wrong with it */
export function readInputs({ inputs, rawInputContents: raw }: ModelInferRequest): WireTensor[] {
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw refuse(
      `${raw.length} raw_input_contents came for ${inputs.length} inputs: one for each was expected, or none.`,
    );
  }
  return inputs.map((input, i) => {
    const { name } = input;
    const datatype = requireDatatype(input.datatype);
    const shape = input.shape.map(Number);
    if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
      throw refuse(`Input "${name}" has the shape ${formatShape(shape)}: 0 or more was expected.`);
    }
    const bytes = raw[i];
    if (bytes === undefined) {
      return { name, datatype, shape, data: readContents(input, { datatype, shape }) };
    }
    if (input.contents !== undefined) {
      throw refuse(`Input "${name}" has contents beside raw_input_contents; one was expected.`);
    }
    return { name, datatype, shape, data: decodeElements(datatype, bytes) };
  });
}

function readContents(
  { name, contents }: ModelInferRequest_InferInputTensor,
  { datatype, shape }: { readonly datatype: Datatype; readonly shape: readonly number[] },
): TensorData {
  if (datatype === 'FP16') {
    throw refuse(`Input "${name}" is FP16, of which there are no contents. Send it as raw bytes.`);
  }
  // What the model says to it is said there.
  if (datatype === 'BYTES') return createElements(datatype, 0);
  const field = fieldOf[datatype];
  const odd = Object.values(fieldOf).find(
    (other) => other !== field && (contents?.[other].length ?? 0) > 0,
  );
  const came = contents?.[field] ?? [];
  if (odd !== undefined || came.length !== sizeOf(shape)) {
    throw refuse(
      `Input "${name}" should have ${sizeOf(shape)} elements in ${snake(field)}, as ${datatype} ${formatShape(shape)}, ` +
        `but ${odd === undefined ? came.length : snake(odd)} came.`,
    );
  }
  const elements = createElements(datatype, came.length);
  came.forEach((element, i) => {
    const value = typeof element === 'boolean' ? Number(element) : element;
    elements[i] = value as number;
    if (elements[i] === value || Number.isNaN(value)) return;
    throw refuse(`Input "${name}": element ${i} is ${String(value)}, which is no ${datatype}.`);
  });
  return elements;
}

/** @param raw whether the bytes stand beside the outputs */
export function writeOutputs(
  outputs: readonly WireTensor[],
  raw: boolean,
): Pick<ModelInferResponse, 'outputs' | 'rawOutputContents'> {
  return {
    outputs: outputs.map(({ name, datatype, shape, data }) =>
      create(ModelInferResponse_InferOutputTensorSchema, {
        ...{ name, datatype, shape: shape.map(BigInt) },
        ...(!raw && { contents: contentsOf(datatype, data) }),
      }),
    ),
    rawOutputContents: raw ? outputs.map(({ data }) => encodeElements(data)) : [],
  };
}

/** Outputs of models are FP32, INT32 or UINT8. */
function contentsOf(datatype: Datatype, data: TensorData): InferTensorContents {
  if (datatype === 'FP16') throw new TypeError('no model gives FP16');
  return create(InferTensorContentsSchema, {
    [fieldOf[datatype]]: Array.from(data as Float32Array),
  });
}

/** As the protocol writes it. */
function snake(field: Field): string {
  return field.replace('Contents', '_contents');
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_REQUEST', message);
}
