// For tests: a server over gRPC on a free port of this machine, a client of it, and bytes as no client would send them.

import { once } from 'node:events';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, connect } from 'node:http2';
import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { ModelRepository } from '../core/repository.ts';
import { statusNames } from '../grpc/errors.ts';
import { Health } from '../grpc/generated/health_pb.js';
import { GRPCInferenceService } from '../grpc/generated/inference_pb.js';
import { type GrpcOptions, type GrpcServer, createGrpcServer } from '../grpc/server.ts';

interface RawAnswer {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number };
  /** As gRPC calls it; missing where there was none. */
  readonly status: string | undefined;
  readonly message: string;
}

interface RawOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Whether more bytes are to come, which never do. */
  readonly unfinished?: boolean;
}

export interface ServedGrpc extends GrpcServer {
  readonly url: string;
  readonly client: Client<typeof GRPCInferenceService>;
  readonly health: Client<typeof Health>;
  readonly raw: (bytes: Uint8Array, options?: RawOptions) => Promise<RawAnswer>;
}

export async function serveGrpc(
  repository: ModelRepository,
  options: Partial<GrpcOptions> = {},
): Promise<ServedGrpc> {
  const server = createGrpcServer({
    ...{ bodyLimit: 2 ** 20, receiveTimeout: 5000, maxConnections: 100 },
    ...{ server: { name: 'memae', version: '0.0.0' }, clock: () => performance.now() },
    ...options,
    repository,
  });
  const url = `http://127.0.0.1:${await server.listen({ host: '127.0.0.1', port: 0 })}`;
  const transport = createGrpcTransport({ baseUrl: url });
  return {
    ...server,
    url,
    client: createClient(GRPCInferenceService, transport),
    health: createClient(Health, transport),
    raw: (bytes, raw) => sendRaw(url, bytes, raw),
  };
}

async function sendRaw(
  url: string,
  bytes: Uint8Array,
  { method = 'ModelInfer', headers = {}, unfinished = false }: RawOptions = {},
): Promise<RawAnswer> {
  const session = connect(url);
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${GRPCInferenceService.typeName}/${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let answer: RawAnswer['headers'] = {};
    const take = (more: IncomingHttpHeaders): void => {
      answer = { ...answer, ...more };
    };
    // What is sent may not be taken any more when the answer is there.
    stream
      .on('response', take)
      .on('trailers', take)
      .on('error', () => undefined)
      .resume();
    stream.write(bytes);
    if (!unfinished) stream.end();
    await once(stream, 'close');
    const { 'grpc-status': status, 'grpc-message': message = '' } = answer;
    return {
      headers: answer,
      status: status === undefined ? undefined : statusNames[Number(status)],
      message: decodeURIComponent(String(message)),
    };
  } finally {
    session.destroy();
  }
}

/** A message as it is sent: not compressed, with its length. */
export function envelope(message: Uint8Array, length = message.byteLength): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}
