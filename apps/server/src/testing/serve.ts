// For tests: a server that listens on a free port of this machine.

import type { FastifyInstance } from 'fastify';
import {
  type ModelRepository,
  type RepositoryOptions,
  openRepository,
} from '../core/repository.ts';
import { parseSource } from '../core/source.ts';
import { type RestOptions, createRestServer } from '../rest/server.ts';

export interface Served {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly app: FastifyInstance;
  readonly repository: ModelRepository;
  readonly close: () => Promise<void>;
  /** Answer and body of a request; the method is POST where there is a body. */
  readonly ask: (path: string, body?: unknown, init?: RequestInit) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

/** @param sources as the command line takes them */
export async function serveModels(
  sources: readonly string[],
  options: Partial<RepositoryOptions & RestOptions> = {},
): Promise<Served> {
  const repository = await openRepository({
    ...{ maxBatchSize: 64, maxQueueDelayMicroseconds: 0, maxQueueSize: 1024 },
    ...{ instances: 1, threads: 1, timeout: 20_000, observers: [] },
    clock: () => performance.now(),
    now: () => Date.now(),
    ...options,
    sources: sources.map((source) => parseSource(source, process.cwd())),
  });
  const app = await createRestServer({
    ...{ timeout: 20_000, maxSamples: 100, maxPixels: 1e6, maxStreams: 4 },
    ...{ bodyLimit: 2 ** 22, receiveTimeout: 5000, server: { name: 'memae', version: '0.0.0' } },
    ...options,
    repository,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    app,
    repository,
    close: async () => {
      await app.close();
      await repository[Symbol.asyncDispose]();
    },
    ask: async (path, body, init = {}) => {
      const response = await fetch(`${url}${path}`, {
        ...(body !== undefined && { method: 'POST' }),
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...init,
      });
      const json = (await response.json()) as Answer['json'];
      return { status: response.status, headers: response.headers, json };
    },
  };
}
