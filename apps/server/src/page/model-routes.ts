// Which models there are, and what can be told and shown of each: what the page is made of, and of use to others.

import type { Example, Examples } from '@memae/onnx';
import { intakeOf } from '@memae/scoring';
import type { FastifyInstance } from 'fastify';
import type { ExampleKind, ModelSummary } from '../../page/src/answers.ts';
import { serverError } from '../core/error.ts';
import type { ModelRepository } from '../core/repository.ts';
import * as schemas from '../rest/schemas.ts';
import { describeModel } from './describe-model.ts';
import { exampleParams, modelDescription, modelList } from './schemas.ts';

interface Params {
  readonly model: string;
  readonly version?: string;
}

interface ExampleParams extends Params {
  readonly kind: ExampleKind;
  readonly index: number;
  readonly picture: number;
}

export function modelRoutes(app: FastifyInstance, repository: ModelRepository): void {
  const tags = ['Models'];
  const errors = { '4xx': schemas.error, 503: schemas.error };

  app.get(
    '/models',
    { schema: { tags, summary: 'The models', response: { 200: modelList, ...errors } } },
    async () => ({ models: await Promise.all(repository.names.map(summarise)) }),
  );

  for (const [url, params] of [
    ['/models/:model', schemas.modelParams],
    ['/models/:model/versions/:version', schemas.versionParams],
  ] as const) {
    app.get<{ Params: Params }>(
      url,
      {
        schema: {
          tags,
          summary: 'What a model takes and gives, its threshold, and what can be shown of it',
          params,
          response: { 200: modelDescription, ...errors },
        },
      },
      ({ params: { model: name, version } }) =>
        repository.use({ name, version }, (model) =>
          Promise.resolve(describeModel(model, repository.versions(name))),
        ),
    );
  }

  app.get<{ Params: ExampleParams }>(
    '/models/:model/versions/:version/examples/:kind/:index/:picture',
    {
      schema: {
        tags,
        summary: 'A picture that the model keeps of a sample or of a memory item, as PNG',
        params: exampleParams,
        response: {
          200: { description: 'PNG', content: { 'image/png': { schema: { type: 'string' } } } },
          ...errors,
        },
      },
    },
    async ({ params: { model, version, kind, index, picture } }, reply) => {
      const png = await repository.use({ name: model, version }, ({ examples }) =>
        Promise.resolve(exampleOf(examples, kind, index)?.pictures?.[picture]),
      );
      if (png === undefined) {
        throw serverError(
          'SERVER_UNKNOWN_MODEL',
          `The model "${model}" keeps no picture ${picture} of ${kind} ${index}.`,
        );
      }
      return reply
        .type('image/png')
        .headers({ 'cache-control': 'private, max-age=300', 'x-content-type-options': 'nosniff' })
        .send(Buffer.from(png, 'base64'));
    },
  );

  async function summarise(name: string): Promise<ModelSummary> {
    const versions = repository.versions(name);
    const { reason = '' } = repository.index().find((entry) => entry.name === name) ?? {};
    const known = await repository
      .use({ name }, ({ manifest }) =>
        Promise.resolve({ intake: intakeOf(manifest), method: manifest.method }),
      )
      .catch(() => ({ intake: null, method: null }));
    return { name, versions, ready: known.intake !== null, reason, ...known };
  }
}

function exampleOf(
  examples: Examples | undefined,
  kind: ExampleKind,
  index: number,
): Example | undefined {
  return kind === 'items' ? examples?.items[index]?.decoded : examples?.[kind][index];
}
