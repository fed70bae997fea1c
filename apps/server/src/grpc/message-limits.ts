// What a message may become in memory. Bytes of tensors stay as they came, but each nested message is an object, and each
// small number of a list has eight bytes or more: a message within the limit of its size could ask for fifty times that.
// Looking costs little: no more parts are looked at than there may be.

import { type DescMessage, ScalarType, fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { serverError } from '../core/error.ts';

/** Fields at all depths, a packed list being one: more than any request of the protocol has. */
const maxParts = 4096;
/** The share of a message's limit that anything but bytes of tensors may take. */
const share = 4;
/** Bytes that it may take whatever the limit. */
const small = 4096;

export interface MessageLimits {
  /** Bytes of a message. */
  readonly maxBytes: number;
}

/**
 * Holds a message to what it may become, and to its schema, before it is read.
 * @throws `SERVER_TOO_LARGE`, `SERVER_BAD_REQUEST`
 */
export function requireReadable(
  schema: DescMessage,
  bytes: Uint8Array,
  { maxBytes }: MessageLimits,
): void {
  let parts = 0;
  let rest = bytes.byteLength;
  const look = ({ fields }: DescMessage, message: Uint8Array): void => {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      parts += 1;
      if (parts > maxParts) {
        throw tooLarge(`The message has more than ${maxParts} parts; no request needs as many.`);
      }
      if (wireType !== WireType.LengthDelimited) {
        reader.skip(wireType, number);
        continue;
      }
      const part = reader.bytes();
      const field = fields.find((each) => each.number === number);
      if (field?.message !== undefined) look(field.message, part);
      const isTensor = field?.fieldKind === 'list' && field.scalar === ScalarType.BYTES;
      if (isTensor) rest -= part.byteLength;
    }
  };
  try {
    look(schema, bytes);
    const most = Math.max(small, Math.floor(maxBytes / share));
    if (rest > most) {
      throw tooLarge(
        `The message has ${rest} bytes besides raw contents, and may have ${most}. ` +
          'Send tensors as raw_input_contents.',
      );
    }
    fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (error) {
    if (error instanceof Error && error.name === 'MemaeError') throw error;
    const what = error instanceof Error ? error.message : String(error);
    const message = `The message is no ${schema.typeName}: ${what}.`;
    throw serverError('SERVER_BAD_REQUEST', message, error);
  }
}

function tooLarge(message: string): Error {
  return serverError('SERVER_TOO_LARGE', message);
}
