// A server from its settings to its end: models warmed up, then listening; at the end not ready first, then drained.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { serverError } from './core/error.ts';
import { openRepository } from './core/repository.ts';
import { parseSource } from './core/source.ts';
import type { GrpcServer } from './grpc/server.ts';
import type { Operation } from './operation/operation.ts';
import type { ServeSettings } from './options.ts';

export interface ServeContext {
  /** Where relative paths start. */
  readonly cwd: string;
  /** Aborted when the server is to end. */
  readonly signal: AbortSignal;
  /** Where the standard variables of OpenTelemetry stand. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Calls at each SIGHUP, at which tokens and certificates are read again; they are, too, when they change. */
  readonly onHangup?: (listener: () => void) => void;
  /** Where logs go. */
  readonly log: NodeJS.WritableStream;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when it takes requests, with its addresses, as `http://127.0.0.1:8080` and `grpc://127.0.0.1:8081`. */
  readonly onListening?: (urls: readonly string[]) => void;
}

/**
 * Serves until the signal is aborted and all is drained.
 * @throws `SERVER_BAD_OPTION`; `SERVER_CANNOT_LISTEN`; as `openRepository` for a model that cannot be loaded
 */
export async function serve(settings: ServeSettings, context: ServeContext): Promise<void> {
  // Loaded for who serves alone: a command line does not wait for it.
  const { openOperation } = await import('./operation/operation.ts');
  const operation = await openOperation(settings, { ...context, version: packageJson.version });
  try {
    await serveModels(settings, { ...context, operation });
  } finally {
    await operation[Symbol.asyncDispose]();
  }
}

async function serveModels(
  settings: ServeSettings,
  { operation, ...context }: ServeContext & { readonly operation: Operation },
): Promise<void> {
  const { instances, threads, maxBatchSize, maxQueueSize } = settings;
  const { cwd, signal, clock, now } = context;
  const timeout = settings.timeoutSeconds * 1000;
  const repository = await openRepository({
    sources: settings.models.map((model) => parseSource(model, cwd)),
    ...{ instances, maxBatchSize, maxQueueSize, clock, now, observers: operation.observers },
    maxQueueDelayMicroseconds: settings.maxQueueDelayMicroseconds,
    threads: threads || Math.max(1, Math.floor(availableParallelism() / instances)),
    timeout,
  });
  let log: FastifyBaseLogger | undefined;
  try {
    const [{ createRestServer }, { pageFiles }, { loggerOf }, { createAdmission }] =
      await Promise.all([
        import('./rest/server.ts'),
        import('./page/page-files.ts'),
        import('./operation/guard.ts'),
        import('./operation/admission.ts'),
      ]);
    const bodyLimit = settings.bodyLimitMegabytes * 2 ** 20;
    /** Of every transport. */
    const common = {
      repository,
      server: { name: packageJson.name, version: packageJson.version },
      bodyLimit,
      admit: createAdmission({
        bodyBudget: Math.max(settings.bodyBudgetMegabytes * 2 ** 20, bodyLimit),
        maxRequestsPerClient: settings.maxRequestsPerClient,
      }),
      receiveTimeout: settings.receiveTimeoutSeconds * 1000,
      maxConnections: settings.maxConnections,
      ...{ authorize: operation.authorize, certificate: operation.certificate },
    };
    const app = await createRestServer({
      ...common,
      page: await pageFiles(),
      ...{ timeout, maxSamples: settings.maxSamples, maxPixels: settings.maxMegapixels * 1e6 },
      maxStreams: settings.maxStreams,
      ...{ prepare: operation.prepare, localOnly: operation.localOnly },
      logger: loggerOf({
        ...{ level: settings.logLevel, stream: context.log },
        address: settings.logAddresses === 'yes',
      }),
    });
    ({ log } = app);
    let grpc: GrpcServer | undefined;
    if (settings.grpcPort !== undefined) {
      const { createGrpcServer } = await import('./grpc/server.ts');
      grpc = createGrpcServer({ ...common, clock, watch: operation.watch, log: app.log });
    }
    try {
      const secure = operation.certificate !== undefined;
      const urls = [await listen(app, { ...settings, secure })];
      if (grpc) urls.push(await listenGrpc(grpc, { ...settings, secure }));
      if (grpc) app.log.info(`gRPC listening at ${urls.at(-1) ?? ''}`);
      context.onListening?.(urls);
      await ended(signal);
      repository.stop();
      await after(settings.shutdownDelaySeconds * 1000);
    } finally {
      await drain({ app, grpc }, settings.shutdownTimeoutSeconds);
    }
  } finally {
    // Of requests whose connections are gone, some may still be at work.
    const late = setTimeout(() => {
      const models = repository.cut();
      if (models.length === 0) return;
      log?.warn({ models }, 'requests did not end in time: their models are closed');
    }, settings.shutdownTimeoutSeconds * 1000);
    await repository[Symbol.asyncDispose]();
    clearTimeout(late);
  }
}

/**
 * The value of a configuration file, YAML or JSON.
 * @throws `SERVER_BAD_OPTION` naming the file
 */
export async function readConfig(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw serverError('SERVER_BAD_OPTION', `${path} cannot be read: ${reasonOf(error)}.`, error);
  }
}

async function listen(
  app: FastifyInstance,
  address: { readonly host: string; readonly port: number; readonly secure: boolean },
): Promise<string> {
  const { host, port, secure } = address;
  // Which takes any server of ours for one without TLS.
  const urlOf = (told: string): string => (secure ? told.replace(/^http:/, 'https:') : told);
  try {
    const listenTextResolver = (told: string): string => `Server listening at ${urlOf(told)}`;
    return urlOf(await app.listen({ host, port, listenTextResolver }));
  } catch (error) {
    throw cannotListen({ host, port, flag: '--port' }, error);
  }
}

async function listenGrpc(
  server: GrpcServer,
  address: {
    readonly host: string;
    readonly grpcPort?: number | undefined;
    readonly secure: boolean;
  },
): Promise<string> {
  const { host, grpcPort: port = 0, secure } = address;
  try {
    const bound = await server.listen({ host, port });
    return `grpc${secure ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  } catch (error) {
    throw cannotListen({ host, port, flag: '--grpc-port' }, error);
  }
}

function cannotListen(
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
  error: unknown,
): Error {
  const message = `Nothing can listen at ${host}, port ${port}: ${reasonOf(error)}. Name another ${flag}, or end what listens there.`;
  return serverError('SERVER_CANNOT_LISTEN', message, error);
}

/** Takes no more connections, and lets requests end; what has not ended in time is cut, and let go by the models. */
async function drain(
  { app, grpc }: { readonly app: FastifyInstance; readonly grpc: GrpcServer | undefined },
  seconds: number,
): Promise<void> {
  const cut = setTimeout(() => {
    app.log.warn('requests did not end in time: their connections are cut');
    app.server.closeAllConnections();
    for (const stream of app.websocketServer.clients) stream.terminate();
    grpc?.cut();
  }, seconds * 1000);
  await Promise.all([app.close(), grpc?.close()]);
  clearTimeout(cut);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
