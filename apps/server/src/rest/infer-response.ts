// An inference response: JSON, and after it the bytes of those outputs that are wanted so.

import { type TensorData, type WireTensor, encodeElements } from '../core/datatypes.ts';
import { serverError } from '../core/error.ts';

export interface InferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: readonly WireTensor[];
}

export interface Encoded {
  readonly body: string | Buffer;
  /** How long the JSON is, where bytes follow it. */
  readonly headerLength?: number;
}

/** @throws `SERVER_NOT_FINITE` for an output that JSON cannot hold */
export function writeResponse(
  response: InferResponse,
  binary: (output: string) => boolean,
): Encoded {
  const tail: Uint8Array[] = [];
  const outputs = response.outputs.map(({ name, datatype, shape, data }) => {
    if (!binary(name)) return { name, datatype, shape, data: toJson(data, name) };
    const bytes = encodeElements(data);
    tail.push(bytes);
    return { name, datatype, shape, parameters: { binary_data_size: bytes.byteLength } };
  });
  const json = JSON.stringify({ ...response, outputs });
  if (tail.length === 0) return { body: json };
  const head = Buffer.from(json);
  return { body: Buffer.concat([head, ...tail]), headerLength: head.byteLength };
}

function toJson(data: TensorData, name: string): unknown[] {
  const elements: unknown[] = Array.from<unknown>(data as ArrayLike<unknown>);
  const odd = elements.findIndex((value) => typeof value === 'number' && !Number.isFinite(value));
  if (odd < 0) return elements;
  throw serverError(
    'SERVER_NOT_FINITE',
    `Element ${odd} of the output "${name}" is ${String(elements[odd])}, which JSON cannot hold. Ask for it as binary data.`,
  );
}
