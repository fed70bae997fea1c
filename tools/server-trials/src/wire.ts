// Inference requests for scores, as the Open Inference Protocol has them over HTTP, and the scores in what is answered.

import type { AnyNdArray } from '@memae/graph';

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Encoding = 'json' | 'binary';

const datatypes = { float32: 'FP32', int32: 'INT32', uint8: 'UINT8' } as const;
const lengthHeader = 'inference-header-content-length';

/** A request for the scores of samples, by which they come back in the same encoding. */
export function inferRequest(samples: AnyNdArray, encoding: Encoding): Message {
  const { dtype, shape, data } = samples;
  const tensor = { name: 'samples', shape, datatype: datatypes[dtype] };
  if (encoding === 'json') {
    return jsonMessage({
      inputs: [{ ...tensor, data: Array.from(data) }],
      outputs: [{ name: 'score' }],
    });
  }
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const header = {
    inputs: [{ ...tensor, parameters: { binary_data_size: bytes.byteLength } }],
    outputs: [{ name: 'score', parameters: { binary_data: true } }],
  };
  return binaryMessage(header, bytes);
}

export function jsonMessage(value: unknown): Message {
  const headers = { 'content-type': 'application/json' };
  return { headers, body: Buffer.from(JSON.stringify(value)) };
}

function binaryMessage(header: unknown, bytes: Uint8Array): Message {
  const json = Buffer.from(JSON.stringify(header));
  const headers = {
    'content-type': 'application/octet-stream',
    [lengthHeader]: String(json.byteLength),
  };
  return { headers, body: Buffer.concat([json, bytes]) };
}

interface ScoreBody {
  readonly outputs: readonly [{ readonly data?: readonly number[] }];
}

/** The scores in an answer to a request of `inferRequest`. */
export function scoresOf(answer: {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}): Float32Array {
  const { [lengthHeader]: length } = answer.headers;
  const end = length === undefined ? answer.body.byteLength : Number(length);
  const { outputs } = JSON.parse(answer.body.toString('utf8', 0, end)) as ScoreBody;
  if (outputs[0].data !== undefined) return Float32Array.from(outputs[0].data);
  return new Float32Array(new Uint8Array(answer.body.subarray(end)).buffer);
}
