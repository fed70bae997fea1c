// Refusals before a call reaches its method, and the status of every call.

import { type Http2ServerRequest, type Http2ServerResponse, constants } from 'node:http2';
import type { ConnectError } from '@connectrpc/connect';
import { statusNames } from './errors.ts';

/** Ends a call that has no answer yet with nothing but its status. */
export function refuse(response: Http2ServerResponse, { code, rawMessage }: ConnectError): void {
  if (response.stream.headersSent || response.stream.destroyed) return;
  response.stream.respond(
    {
      ...response.getHeaders(),
      [constants.HTTP2_HEADER_STATUS]: 200,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      'grpc-status': code,
      'grpc-message': encodeURIComponent(rawMessage),
    },
    { endStream: true },
  );
}

/** What is still coming when the status has been sent is let go, and the client told so. */
export function endWithStatus(request: Http2ServerRequest): void {
  const { stream } = request;
  // The status is sent by an earlier listener.
  stream.once('wantTrailers', () => {
    if (request.complete) return;
    setImmediate(() => {
      stream.close(constants.NGHTTP2_NO_ERROR);
    });
  });
}

/** How a call ended, of a stream that is closed. */
export function statusOf({ stream }: Http2ServerResponse): string {
  const { 'grpc-status': status } = { ...stream.sentHeaders, ...stream.sentTrailers };
  if (status !== undefined) return statusNames[Number(status)] ?? 'UNKNOWN';
  // No HTTP/2 client of gRPC gets here, but by leaving.
  return 'CANCELLED';
}
