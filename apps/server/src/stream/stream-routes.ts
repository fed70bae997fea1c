// `/models/{model}/stream`: a WebSocket that takes encoded frames and tells of each, as soon as it can be told.

import { setTimeout as sleep } from 'node:timers/promises';
import websocket, { type WebSocket } from '@fastify/websocket';
import { hasCode } from '@memae/graph';
import type { AlarmOptions } from '@memae/metrics';
import { type Scorer, type ThresholdWish, intakeOf } from '@memae/scoring';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serverError } from '../core/error.ts';
import type { ModelRepository } from '../core/repository.ts';
import * as schemas from '../rest/schemas.ts';
import { modelScorer } from '../score/model-scorer.ts';
import { wishQuery } from '../score/schemas.ts';
import { answerStream, close, closeCodes } from './answer-stream.ts';
import { type FrameScorer, frameScorer } from './frame-scorer.ts';

export interface StreamRoutesOptions {
  readonly repository: ModelRepository;
  /** Bytes of a frame at most. */
  readonly bodyLimit: number;
  /** Width times height of a frame at most. */
  readonly maxPixels: number;
  /** Connections at a time. */
  readonly maxStreams: number;
  /** Milliseconds in which a client must send something, or read what it was sent; by default 60 s. */
  readonly patience?: number;
}

interface Route {
  readonly Params: { readonly model: string };
  readonly Querystring: ThresholdWish & AlarmOptions & { readonly version?: string };
}

const frames = { type: 'integer', minimum: 1, maximum: 100_000 } as const;
const query = {
  ...wishQuery,
  properties: {
    ...wishQuery.properties,
    begin: {
      ...frames,
      description: 'flagged frames in a row that begin an alarm; 3, unless named',
    },
    end: { ...frames, description: 'frames in a row not flagged that end it; 10, unless named' },
  },
} as const;

/** Frames that wait for the model, and their bytes together; a client that sends more is not read from until they are fewer. */
const limits = { messages: 32, bytes: 2 ** 24 };
const atOnce = 16;
/** Milliseconds until a busy model is asked again. */
const pause = 50;

export async function streamRoutes(
  app: FastifyInstance,
  { repository, bodyLimit, maxPixels, maxStreams, patience = 60_000 }: StreamRoutesOptions,
): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: Math.min(bodyLimit, 2 ** 24), perMessageDeflate: false },
    preClose: (done) => {
      for (const socket of app.websocketServer.clients) {
        close(socket, closeCodes.goingAway, 'The server is shutting down.');
      }
      done();
    },
  });
  const scorers = new WeakMap<FastifyRequest, { scorer: FrameScorer; gone: AbortController }>();
  let streams = 0;

  app.route<Route>({
    method: 'GET',
    url: '/models/:model/stream',
    schema: {
      tags: ['Scores'],
      summary: 'A stream of frames, scored as they come (WebSocket)',
      description:
        'Send each frame as a binary message, a PNG, JPEG or the like, and the text "end" after the last. Each is answered by ' +
        '{"type": "frame", frame, score, normalised, label, normality}, or {"type": "error", frame, error}; between them come ' +
        '{"type": "alarm", event: "begin" | "end", start, end, peak, score}, and at last {"type": "end", frames}.',
      params: schemas.modelParams,
      querystring: query,
      response: { '4xx': schemas.error, 503: schemas.error },
    },
    handler: (_request, reply) =>
      reply
        .code(426)
        .header('upgrade', 'websocket')
        .send({ error: 'This is a stream: connect by WebSocket.' }),
    preHandler: async (request) => {
      if (!request.ws) return;
      if (streams >= maxStreams) {
        throw serverError(
          'SERVER_BUSY',
          `${streams} streams are open, and no more may. Try again later.`,
        );
      }
      const gone = new AbortController();
      scorers.set(request, {
        scorer: await open(request, gone.signal),
        gone,
      });
    },
    wsHandler: (socket: WebSocket, request) => {
      const opened = scorers.get(request);
      if (opened === undefined) return;
      streams += 1;
      socket.on('close', () => {
        streams -= 1;
        opened.gone.abort();
      });
      socket.on('error', (error) => {
        request.log.info(error);
      });
      void answerStream(socket, {
        ...{ limits, atOnce, patience, scorer: opened.scorer },
        onFailure: (error) => {
          request.log.error(error);
        },
      });
    },
  });

  /** The stream stays with the model that it began with: one that is loaded in its place may take other frames. */
  async function open({ params, query: asked }: FastifyRequest<Route>, signal: AbortSignal) {
    const { version, begin, end, ...wish } = asked;
    const place = { name: params.model, version };
    const manifest = await repository.use(place, (model) => Promise.resolve(model.manifest));
    const intake = intakeOf(manifest);
    if (intake !== 'pictures' && intake !== 'frames') {
      throw serverError(
        'SERVER_BAD_REQUEST',
        `The model "${params.model}" takes ${intake}, not frames.`,
      );
    }
    const scoreBatch: Scorer['scoreBatch'] = async (batch) => {
      for (;;) {
        try {
          return await repository.use(place, async (model) => {
            if (model.manifest.modelSha256 !== manifest.modelSha256) {
              throw serverError('SERVER_CLOSING', 'The model was loaded again.');
            }
            return (await modelScorer(model, { signal })).scoreBatch(batch);
          });
        } catch (error) {
          if (!hasCode(error, 'SERVER_BUSY') && !hasCode(error, 'SERVER_DEADLINE')) throw error;
          // Nothing is left out of a stream: it waits, and its client with it.
          await sleep(pause, undefined, { signal });
        }
      }
    };
    const alarm = { ...(begin !== undefined && { begin }), ...(end !== undefined && { end }) };
    return frameScorer({ manifest, scoreBatch, wish, alarm, maxPixels, signal });
  }
}
