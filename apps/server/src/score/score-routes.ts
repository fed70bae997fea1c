// `POST /models/{model}/score`: for people and scripts, who send files and not tensors.

import multipart from '@fastify/multipart';
import { hasCode } from '@memae/graph';
import type { ThresholdWish } from '@memae/scoring';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serverError } from '../core/error.ts';
import type { ModelRepository } from '../core/repository.ts';
import { countBody } from '../operation/count-body.ts';
import { leavingSignal } from '../rest/leaving.ts';
import * as schemas from '../rest/schemas.ts';
import { readParts } from './explanations.ts';
import { type ScoreLimits, type ScoreReport, scoreUploads } from './score-uploads.ts';
import { scoreQuery, scoreReport, uploadTypes } from './schemas.ts';
import type { Upload } from './uploads.ts';

export interface ScoreRoutesOptions extends ScoreLimits {
  readonly repository: ModelRepository;
  /** Bytes of a request's body. */
  readonly bodyLimit: number;
  /** Milliseconds. */
  readonly timeout: number;
}

interface Route {
  readonly Params: { readonly model: string };
  readonly Querystring: ThresholdWish & { readonly version?: string; readonly explain?: string };
}

export async function scoreRoutes(
  app: FastifyInstance,
  options: ScoreRoutesOptions,
): Promise<void> {
  const { repository, bodyLimit, timeout, maxSamples, maxPixels } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  await app.register(multipart, {
    limits: { fileSize: bodyLimit, files: maxSamples, fields: 0, headerPairs: 100 },
  });

  app.post<Route>(
    '/models/:model/score',
    {
      schema: {
        tags: ['Scores'],
        summary: 'Scores of pictures, frames, a film or rows',
        description:
          'A picture, a film, or a table (CSV, TSV, JSON or JSON lines, columns by name) as the body, or files as multipart/form-data. ' +
          'A model of videos takes a film, or pictures as its frames in order. One sample explained by one picture comes as that, where image/png is accepted.',
        params: schemas.modelParams,
        querystring: scoreQuery,
        body: { content: Object.fromEntries(uploadTypes.map((type) => [type, { schema: {} }])) },
        produces: ['application/json', 'image/png'],
        response: { 200: scoreReport, '4xx': schemas.error, 503: schemas.error },
      },
    },
    async (request, reply) => {
      const { version, explain, ...wish } = request.query;
      const parts = readParts(explain);
      const uploads = await uploadsOf(request, bodyLimit).catch((error: unknown) => {
        // Of what is too large no more is read.
        if (hasCode(error, 'SERVER_TOO_LARGE')) void reply.header('connection', 'close');
        throw error;
      });
      const signal = AbortSignal.any([leavingSignal(reply), AbortSignal.timeout(timeout)]);
      const scoring = { wish, parts, signal, maxSamples, maxPixels };
      const report = await repository.use({ name: request.params.model, version }, (model) =>
        scoreUploads(model, uploads, scoring),
      );
      const picture = request.headers.accept?.includes('image/png')
        ? onePicture(report)
        : undefined;
      return picture === undefined ? report : reply.type('image/png').send(picture);
    },
  );
}

/** Where one sample was explained by one picture, that. */
function onePicture({ scores }: ScoreReport): Buffer | undefined {
  const [sample, ...others] = scores;
  const { sample: seen, errorMap, reconstruction, ...rest } = sample?.explanation ?? {};
  const [picture, ...more] = [seen, errorMap, reconstruction].filter((each) => each !== undefined);
  const alone = [...others, ...more, ...Object.keys(rest)].length === 0;
  return alone && picture !== undefined ? Buffer.from(picture, 'base64') : undefined;
}

async function uploadsOf(request: FastifyRequest, bodyLimit: number): Promise<Upload[]> {
  if (!request.isMultipart()) {
    const { body } = request;
    const [type = ''] = (request.headers['content-type'] ?? '').split(';');
    const bytes = body instanceof Uint8Array ? body : new Uint8Array(0);
    return bytes.byteLength === 0 ? [] : [{ name: 'body', type: type.trim().toLowerCase(), bytes }];
  }
  try {
    return await filesOf(request, bodyLimit);
  } catch (error) {
    // What still comes is let go, or the next request over the connection would wait behind it.
    request.raw.resume();
    throw refusal(error);
  }
}

async function filesOf(request: FastifyRequest, bodyLimit: number): Promise<Upload[]> {
  let size = 0;
  const take = (bytes: number): void => {
    size += bytes;
    if (size <= bodyLimit) return;
    throw serverError(
      'SERVER_TOO_LARGE',
      `The body has more than ${bodyLimit} bytes. Send fewer files at a time.`,
    );
  };
  const { 'content-length': told } = request.headers;
  if (told === undefined) countBody(request.raw, take);
  else take(Number(told));
  const uploads: Upload[] = [];
  for await (const file of request.files()) {
    uploads.push({
      name: file.filename || `file ${uploads.length + 1}`,
      type: file.mimetype,
      bytes: await file.toBuffer(),
    });
  }
  return uploads;
}

/** What reads multipart says of some bodies without saying that they are at fault. */
function refusal(error: unknown): unknown {
  if (hasCode(error, 'FST_FIELDS_LIMIT')) {
    const message = 'A field came that is no file. Options go into the query, as ?sensitivity=0.7.';
    return serverError('SERVER_BAD_REQUEST', message);
  }
  if (!(error instanceof Error) || 'code' in error) return error;
  const message = `The body is no multipart/form-data: ${error.message}.`;
  return serverError('SERVER_BAD_REQUEST', message);
}
