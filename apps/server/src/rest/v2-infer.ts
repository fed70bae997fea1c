// Inference over HTTP: a request's tensors to the model, its outputs back.

import type { FastifyInstance } from 'fastify';
import type { ModelRepository } from '../core/repository.ts';
import { headerLength } from './infer-body.ts';
import { type InferBody, readRequest } from './infer-request.ts';
import { writeResponse } from './infer-response.ts';
import { leavingSignal } from './leaving.ts';
import * as schemas from './schemas.ts';
import { onModel } from './v2-routes.ts';

export function inferRoutes(app: FastifyInstance, repository: ModelRepository): void {
  onModel<InferBody>(app, {
    method: 'POST',
    path: '/infer',
    schema: {
      tags: ['Open Inference Protocol'],
      summary: 'Inference',
      consumes: ['application/json', 'application/octet-stream'],
      produces: ['application/json', 'application/octet-stream'],
      body: schemas.inferRequest,
      response: { 200: schemas.inferResponse },
    },
    handler: async ({ params, body }, reply) => {
      const { inputs, outputs, timeout, binary } = readRequest(body);
      const options = { outputs, timeout, signal: leavingSignal(reply) };
      const response = await repository.use(
        { name: params.model, version: params.version },
        async (model) => ({
          model_name: model.name,
          model_version: model.version,
          ...(body.id !== undefined && { id: body.id }),
          outputs: await model.infer(inputs, options),
        }),
      );
      const encoded = writeResponse(response, binary);
      if (encoded.headerLength === undefined)
        return reply.type('application/json').send(encoded.body);
      return reply
        .type('application/octet-stream')
        .header(headerLength, encoded.headerLength)
        .send(encoded.body);
    },
  });
}
