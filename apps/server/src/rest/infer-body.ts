// The body of the binary tensor extension: JSON, then the bytes of tensors. Inference-Header-Content-Length says where.
// https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md

import { serverError } from '../core/error.ts';

export const headerLength = 'inference-header-content-length';

/** What follows the JSON; kept aside so that the JSON can be validated as any other. */
const tails = new WeakMap<object, Uint8Array>();

/**
 * The JSON of a body; `{}` of an empty one.
 * @param length the header, if there is one
 * @throws `SERVER_BAD_REQUEST`
 */
export function parseBody(body: Buffer, length: string | undefined): unknown {
  const end = length === undefined ? body.byteLength : Number(length);
  if (!/^\d{1,15}$/.test(length ?? '0') || end > body.byteLength) {
    throw refuse(
      `Inference-Header-Content-Length is "${length ?? ''}", but the body has ${body.byteLength} bytes. ` +
        'It says how many of them are JSON.',
    );
  }
  if (end === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8', 0, end));
  } catch (error) {
    throw refuse(`The body is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (typeof value === 'object' && value !== null) tails.set(value, body.subarray(end));
  return value;
}

/** The bytes after the JSON of a body that was parsed here. */
export function tailOf(value: object): Uint8Array {
  return tails.get(value) ?? new Uint8Array(0);
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_REQUEST', message);
}
