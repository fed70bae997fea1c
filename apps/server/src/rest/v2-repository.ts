// The model repository extension: what there is, and loading and unloading it.
// https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md

import type { FastifyInstance } from 'fastify';
import { refuseModelParameters } from '../core/describe.ts';
import type { ModelRepository } from '../core/repository.ts';
import * as schemas from './schemas.ts';

interface Control {
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export function repositoryRoutes(app: FastifyInstance, repository: ModelRepository): void {
  const tags = ['Model repository'];
  const errors = { '4xx': schemas.error, 503: schemas.error };

  app.post<{ Body: { readonly ready?: boolean } }>(
    '/v2/repository/index',
    {
      schema: {
        tags,
        summary: 'What there is to load, and what is loaded',
        body: schemas.indexRequest,
        response: { 200: schemas.indexResponse, ...errors },
      },
    },
    ({ body: { ready } }) =>
      repository.index().filter(({ state }) => ready !== true || state === 'READY'),
  );

  const control = (verb: 'load' | 'unload', summary: string): void => {
    app.post<{ Params: { readonly model: string }; Body: Control }>(
      `/v2/repository/models/:model/${verb}`,
      {
        schema: {
          tags,
          summary,
          params: schemas.modelParams,
          body: schemas.controlRequest,
          response: { 200: { type: 'object' }, ...errors },
        },
      },
      async ({ params: { model }, body: { parameters = {} } }) => {
        refuseModelParameters(Object.keys(parameters));
        await repository[verb](model);
        return {};
      },
    );
  };
  control('load', 'Loads the model, or loads it again with no request lost');
  control('unload', 'Unloads the model when its last request is answered');
}
