// What the protocol says of the server and its models: metadata, health, readiness and statistics.

import type { FastifyInstance } from 'fastify';
import { type ServerDescription, describeModel } from '../core/describe.ts';
import type { ModelRepository } from '../core/repository.ts';
import * as schemas from './schemas.ts';
import { type ModelParams, onModel } from './v2-routes.ts';

/** Asked every few seconds by whoever keeps the server running, who needs no token. */
const health = { config: { open: true }, logLevel: 'warn' } as const;

const extensions = ['binary_tensor_data', 'model_repository', 'statistics'];

export function describeRoutes(
  app: FastifyInstance,
  {
    repository,
    server,
  }: { readonly repository: ModelRepository; readonly server: ServerDescription },
): void {
  const tags = ['Open Inference Protocol'];

  app.get(
    '/v2',
    { schema: { tags, summary: 'Server metadata', response: { 200: schemas.serverMetadata } } },
    () => ({ ...server, extensions }),
  );

  app.get(
    '/v2/health/live',
    {
      ...health,
      schema: { tags, summary: 'Whether the server runs', response: { 200: schemas.health } },
    },
    () => ({ live: true }),
  );

  app.get(
    '/v2/health/ready',
    {
      ...health,
      schema: {
        tags,
        summary: 'Whether the server takes requests',
        response: { 200: schemas.health, 503: schemas.health },
      },
    },
    (_request, reply) => {
      const ready = repository.ready();
      return reply.code(ready ? 200 : 503).send({ live: true, ready });
    },
  );

  onModel<ModelParams>(app, {
    method: 'GET',
    path: '',
    schema: { tags, summary: 'Model metadata', response: { 200: schemas.modelMetadata } },
    handler: ({ params: { model, version } }) =>
      describeModel(repository, { name: model, version }),
  });

  onModel<ModelParams>(app, {
    method: 'GET',
    path: '/ready',
    schema: {
      tags,
      summary: 'Whether the model takes requests',
      response: { 200: schemas.modelReady },
    },
    handler: ({ params: { model, version } }) =>
      repository.use({ name: model, version }, ({ name }) =>
        Promise.resolve({ name, ready: true }),
      ),
  });

  app.get(
    '/v2/models/stats',
    {
      schema: { tags, summary: 'Statistics of all models', response: { 200: schemas.statistics } },
    },
    () => ({ model_stats: repository.statistics() }),
  );

  onModel<ModelParams>(app, {
    method: 'GET',
    path: '/stats',
    schema: { tags, summary: 'Statistics of a model', response: { 200: schemas.statistics } },
    handler: ({ params: { model, version } }) => ({
      model_stats: repository.statistics(model, version),
    }),
  });
}
