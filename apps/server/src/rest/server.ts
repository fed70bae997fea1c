// The server over HTTP: the protocol's routes on a repository of models. What else it is to answer is registered on it
// before it listens.

import swagger from '@fastify/swagger';
import { Ajv } from 'ajv';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { ServerDescription } from '../core/describe.ts';
import type { ModelRepository } from '../core/repository.ts';
import { modelRoutes } from '../page/model-routes.ts';
import type { PageFiles } from '../page/page-files.ts';
import { pageRoutes } from '../page/page-routes.ts';
import {
  type ConnectionOptions,
  createConnections,
  refuseBytes,
} from '../operation/connections.ts';
import {
  type GuardOptions,
  endConnections,
  guard,
  requestId,
  securityHeaders,
} from '../operation/guard.ts';
import { scoreRoutes } from '../score/score-routes.ts';
import type { ScoreLimits } from '../score/score-uploads.ts';
import { streamRoutes } from '../stream/stream-routes.ts';
import { sendError, sendNotFound } from './errors.ts';
import { headerLength, parseBody } from './infer-body.ts';
import { describeRoutes } from './v2-describe.ts';
import { inferRoutes } from './v2-infer.ts';
import { repositoryRoutes } from './v2-repository.ts';

export interface RestOptions
  extends ScoreLimits, GuardOptions, Pick<ConnectionOptions, 'receiveTimeout' | 'certificate'> {
  readonly repository: ModelRepository;
  readonly server: ServerDescription;
  /** Bytes of a request's body; of longer ones no more is read. */
  readonly bodyLimit: number;
  /** Milliseconds that a request may take once it has come. */
  readonly timeout: number;
  /** Connections that stream frames at a time. */
  readonly maxStreams: number;
  /** The page, served at `/`. */
  readonly page?: PageFiles;
  /** 4096, unless given. */
  readonly maxConnections?: number;
  /** Given the server before it has any route, for hooks that hold for all of them. */
  readonly prepare?: (app: FastifyInstance, repository: ModelRepository) => void;
  readonly logger?: FastifyServerOptions['logger'];
}

export async function createRestServer(options: RestOptions): Promise<FastifyInstance> {
  const { repository, server, bodyLimit, timeout, logger = false } = options;
  const { maxSamples, maxPixels, maxStreams, page } = options;
  const app = fastify({
    logger,
    bodyLimit,
    serverFactory: (handler) => createConnections(handler, { maxConnections: 4096, ...options }),
    clientErrorHandler: refuseBytes,
    requestIdHeader: false,
    genReqId: requestId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    // Requests that come while it closes are answered as any other refusal.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      void reply.headers(securityHeaders);
      sendError(error, request, reply);
    },
  });
  guard(app, options);
  endConnections(app);
  options.prepare?.(app, repository);
  useValidators(app);
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(sendNotFound);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: server.name, version: server.version } },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register((v2, _options, done) => {
    useProtocolBodies(v2);
    describeRoutes(v2, { repository, server });
    inferRoutes(v2, repository);
    repositoryRoutes(v2, repository);
    done();
  });
  await app.register(scoreRoutes, { repository, bodyLimit, timeout, maxSamples, maxPixels });
  // Not apart from others: at the end the server cuts the streams that there are.
  await streamRoutes(app, { repository, bodyLimit, maxPixels, maxStreams });
  modelRoutes(app, repository);
  if (page) pageRoutes(app, page);
  return app;
}

/** Bodies are held to their schemas as they came; the words of paths and queries become numbers where numbers are meant. */
function useValidators(app: FastifyInstance): void {
  const strict = new Ajv({ allowUnionTypes: true });
  const lenient = new Ajv({ allowUnionTypes: true, coerceTypes: 'array', useDefaults: true });
  app.setValidatorCompiler<object>(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : lenient).compile(schema),
  );
}

/** Clients name all kinds of types, or none. */
function useProtocolBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    try {
      const { [headerLength]: length } = request.headers;
      done(null, parseBody(body, length?.toString()));
    } catch (error) {
      done(error as Error);
    }
  });
  // A body that is not there at all.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.method === 'POST') request.body ??= {};
    done();
  });
}
