// The server over gRPC: the protocol's service and health checking on a repository of models, with what the server over
// HTTP has, too: tokens, TLS, limits, ids, logs.

import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import {
  Code,
  ConnectError,
  type HandlerContext,
  createConnectRouter,
  createContextKey,
  createContextValues,
} from '@connectrpc/connect';
import {
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import type { UniversalHandler } from '@connectrpc/connect/protocol';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerDescription } from '../core/describe.ts';
import { serverError } from '../core/error.ts';
import type { ModelRepository } from '../core/repository.ts';
import { type Admission, createAdmission } from '../operation/admission.ts';
import { type CallWatch, watchAll } from '../operation/call-watch.ts';
import type { ConnectionOptions } from '../operation/connections.ts';
import { requestId } from '../operation/guard.ts';
import type { Authorize } from '../operation/tokens.ts';
import { createHttp2Connections } from './connections.ts';
import { toConnectError } from './errors.ts';
import { Health } from './generated/health_pb.js';
import { GRPCInferenceService } from './generated/inference_pb.js';
import { healthService } from './health-service.ts';
import { inferenceService } from './inference-service.ts';
import { receive } from './receive.ts';
import { endWithStatus, refuse, statusOf } from './refuse.ts';

export interface GrpcOptions extends ConnectionOptions {
  readonly repository: ModelRepository;
  readonly server: ServerDescription;
  /** Bytes of a message. */
  readonly bodyLimit: number;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** Left out, everyone is answered. */
  readonly authorize?: Authorize | undefined;
  /** Left out, any number is answered at a time. */
  readonly admit?: Admission | undefined;
  /** Told of every call. */
  readonly watch?: CallWatch | undefined;
  readonly log?: FastifyBaseLogger;
}

export interface GrpcServer {
  /** @returns the port */
  readonly listen: (address: { readonly host: string; readonly port: number }) => Promise<number>;
  /** Takes no more calls; settles when those that go on have ended. */
  readonly close: () => Promise<void>;
  /** Ends them now. */
  readonly cut: () => void;
}

/** Asked every few seconds by whoever keeps the server running, who needs no token. */
const open = [
  ...[Health.method.check, Health.method.watch],
  ...[GRPCInferenceService.method.serverLive, GRPCInferenceService.method.serverReady],
].map(({ parent, name }) => `/${parent.typeName}/${name}`);
/** Bytes of their messages: no more than the name of a service. */
const openLimit = 4096;

const unlimited = { bodyBudget: Infinity, maxRequestsPerClient: 0 };

const idKey = createContextKey('', { description: 'the id of the request' });

export function createGrpcServer(options: GrpcOptions): GrpcServer {
  const { repository, server, bodyLimit, receiveTimeout, authorize, log, clock } = options;
  const { watch = watchAll([]), admit = createAdmission(unlimited) } = options;
  const closing = new AbortController();
  const { signal } = closing;

  /** What nobody foresaw is told to the log alone. */
  const errorOf = (thrown: unknown, id: string): ConnectError => {
    const known = toConnectError(thrown);
    if (known !== undefined) return known;
    log?.error({ reqId: id, err: thrown });
    const message = `The server failed at this request. Its log tells more, by the id ${id}.`;
    return new ConnectError(message, Code.Internal);
  };

  const router = createConnectRouter({
    ...{ grpc: true, grpcWeb: false, connect: false },
    // As over HTTP, what is sent is sent as it is.
    acceptCompression: [],
    readMaxBytes: bodyLimit,
    binaryOptions: { readUnknownFields: false },
    interceptors: [
      (next) => async (request) => {
        try {
          return await next(request);
        } catch (error) {
          // Of a deadline that has passed, or a client that has gone, the signal knows better.
          const reason: unknown = request.signal.aborted ? request.signal.reason : undefined;
          throw errorOf(
            reason instanceof ConnectError ? reason : error,
            request.contextValues.get(idKey),
          );
        }
      },
    ],
  })
    .service(
      GRPCInferenceService,
      inferenceService({
        ...{ repository, server },
        tell: (error, { values }: HandlerContext) => errorOf(error, values.get(idKey)).rawMessage,
      }),
    )
    .service(Health, healthService(repository, signal));
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  const answer = (
    handler: UniversalHandler | undefined,
    { request, response, id }: Exchange,
  ): void => {
    const { 'content-type': type = '', authorization } = request.headers;
    const isOpen = open.includes(request.url);
    const name = isOpen ? undefined : authorize?.(authorization);
    if (!/^application\/grpc(\+proto)?(;|$)/.test(type)) {
      response.writeHead(415);
      response.end();
    } else if (!isOpen && authorize !== undefined && name === undefined) {
      throw serverError('SERVER_UNAUTHORIZED', 'A token is needed: authorization: Bearer TOKEN.');
    } else if (handler === undefined) {
      throw new ConnectError(`This server has no ${request.url}.`, Code.Unimplemented);
    } else {
      const { remoteAddress = '' } = request.socket;
      const admitted = admit(isOpen ? undefined : () => name ?? remoteAddress);
      request.stream.once('close', admitted.end);
      const values = createContextValues().set(idKey, id);
      const asked = universalRequestFromNodeRequest(request, response, undefined, values);
      // Whoever needs no token takes no room from those who have one.
      const limits = isOpen
        ? { maxBytes: openLimit, hold: () => undefined }
        : { maxBytes: bodyLimit, hold: admitted.hold };
      const body = receive(request, handler.method, {
        ...{ receiveTimeout, clock, closing: signal, ...limits },
      });
      handler({ ...asked, body })
        .then((answered) => universalResponseToNodeResponse(answered, response))
        .catch((error: unknown) => {
          // A client that leaves while it is answered is no failure.
          if (!response.stream.destroyed) log?.error({ reqId: id, err: error });
          response.stream.close();
        });
    }
  };

  const connections = createHttp2Connections((request, response) => {
    const { url, headers, socket } = request;
    const id = requestId(request);
    const began = clock();
    const quiet = open.includes(url);
    const handler = handlers.get(url);
    const level = quiet ? 'debug' : 'info';
    const lines = log?.child({ reqId: id });
    lines?.[level](
      { req: { method: request.method, url, ip: socket.remoteAddress } },
      'incoming request',
    );
    response.setHeader('x-request-id', id);
    endWithStatus(request);
    const work = (): void => {
      try {
        answer(handler, { request, response, id });
      } catch (error) {
        refuse(response, errorOf(error, id));
      }
    };
    const call = { method: handler ? url.slice(1) : 'none', id, headers, quiet };
    const end = watch(call, work);
    request.stream.once('close', () => {
      const [status, took] = [statusOf(response), clock() - began];
      lines?.[level]({ grpc: status, responseTime: took }, 'request completed');
      end({ status, took });
    });
  }, options);

  return {
    listen: connections.listen,
    close: () => {
      closing.abort();
      return connections.close();
    },
    cut: connections.cut,
  };
}

interface Exchange {
  readonly request: Http2ServerRequest;
  readonly response: Http2ServerResponse;
  readonly id: string;
}
