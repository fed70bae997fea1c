// The protocol's paths of a model: with a version, or without one for the newest.

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  HTTPMethods,
} from 'fastify';
import * as schemas from './schemas.ts';

export interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

export interface ModelRoute<Body> {
  readonly method: HTTPMethods;
  /** What comes after the model and its version. */
  readonly path: string;
  readonly schema: FastifySchema;
  readonly handler: (
    request: FastifyRequest<{ Params: ModelParams; Body: Body }>,
    reply: FastifyReply,
  ) => unknown;
}

/** Answers at both paths, with the protocol's errors described. */
export function onModel<Body>(app: FastifyInstance, route: ModelRoute<Body>): void {
  const { method, path, schema, handler } = route;
  const response = { ...(schema.response as object), '4xx': schemas.error, 503: schemas.error };
  const paths = [
    { url: '/v2/models/:model', params: schemas.modelParams },
    { url: '/v2/models/:model/versions/:version', params: schemas.versionParams },
  ];
  for (const { url, params } of paths) {
    app.route<{ Params: ModelParams; Body: Body }>({
      method,
      url: `${url}${path}`,
      schema: { ...schema, params, response },
      handler,
    });
  }
}
