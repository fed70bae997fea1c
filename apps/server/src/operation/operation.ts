// What keeps a server in good order, of its settings: who may ask, TLS, metrics and traces, in one piece that opens first
// and closes last.

import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { serverError } from '../core/error.ts';
import type { Observer } from '../core/observer.ts';
import type { ModelRepository } from '../core/repository.ts';
import type { ServeSettings } from '../options.ts';
import { type CallWatch, watchAll } from './call-watch.ts';
import { type Certificate, readCertificate } from './connections.ts';
import { type Fresh, keepFresh } from './fresh.ts';
import { createMetrics } from './metrics.ts';
import { type Authorize, authorizeBy, readTokens } from './tokens.ts';
import { createTracing, wantsTraces } from './tracing.ts';

export interface OperationContext {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onHangup?: (listener: () => void) => void;
  readonly now: () => number;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly version: string;
}

export interface Operation extends AsyncDisposable {
  readonly observers: readonly Observer[];
  /** For every transport; missing where everyone may ask. */
  readonly authorize?: Authorize;
  /** Whether this machine alone is answered, anyone on it. */
  readonly localOnly: boolean;
  /** For every transport; missing where there is no TLS. */
  readonly certificate?: Fresh<Certificate>;
  /** For transports other than HTTP's routes. */
  readonly watch: CallWatch;
  /** Puts hooks before all routes, and `GET /metrics` beside them. */
  readonly prepare: (app: FastifyInstance, repository: ModelRepository) => void;
}

/** @throws `SERVER_BAD_OPTION` for what cannot be read, or is not safe */
export async function openOperation(
  settings: ServeSettings,
  context: OperationContext,
): Promise<Operation> {
  requireProtection(settings);
  const { cwd, env = {}, onHangup, now, clock, version } = context;
  const { tokens: tokenFile, certificate: cert, key, metrics: readers } = settings;
  const { driftSeconds, maxBatchSize, otlpEndpoint } = settings;
  let app: FastifyInstance | undefined;
  const fresh = async <T>(paths: readonly string[], read: () => Promise<T>): Promise<Fresh<T>> => {
    const kept = await keepFresh({
      ...{ paths, read },
      onError: (error) => app?.log.error(error, 'files could not be read again; the old ones hold'),
    });
    onHangup?.(() => void kept.reload());
    return kept;
  };
  const tokenPath = resolve(cwd, tokenFile);
  const known =
    tokenFile === '' ? undefined : await fresh([tokenPath], () => readTokens(tokenPath));
  const pem = { cert: resolve(cwd, cert), key: resolve(cwd, key) };
  const certificate =
    cert === ''
      ? undefined
      : await fresh([pem.cert, pem.key], () => readCertificate(pem)).catch((error: unknown) => {
          known?.close();
          throw error;
        });
  const tracing =
    otlpEndpoint !== '' || wantsTraces(env)
      ? await createTracing({ endpoint: otlpEndpoint || undefined, version, now, clock })
      : undefined;
  const metrics = readers === 'none' ? undefined : createMetrics({ maxBatchSize, driftSeconds });
  return {
    observers: [metrics?.observer, tracing?.observer].filter((each) => each !== undefined),
    watch: watchAll([tracing?.watch, metrics?.watch].filter((each) => each !== undefined)),
    ...(known && { authorize: authorizeBy(known.current) }),
    localOnly: isLoopback(settings.host) && known === undefined && settings.insecure === 'no',
    ...(certificate && { certificate }),
    prepare: (prepared, repository) => {
      app = prepared;
      if (!isLoopback(settings.host) && certificate === undefined) {
        app.log.warn(
          'what is sent can be read on its way: give a --certificate, or end TLS before',
        );
      }
      if (!isLoopback(settings.host) && known === undefined) {
        app.log.warn('anyone who reaches this server may use it, as --insecure says');
      }
      tracing?.register(app);
      metrics?.register(app, { repository, open: readers === 'all' });
    },
    [Symbol.asyncDispose]: async () => {
      known?.close();
      certificate?.close();
      metrics?.close();
      await tracing?.close().catch((error: unknown) => {
        app?.log.warn(error, 'the last traces could not be sent');
      });
    },
  };
}

/** Beyond this machine nobody is served by oversight: that takes tokens, or a word for it. */
function requireProtection({ host, tokens, certificate, key, insecure }: ServeSettings): void {
  if ((certificate === '') !== (key === '')) {
    const message = 'TLS takes both --certificate and --key, but one of them came.';
    throw serverError('SERVER_BAD_OPTION', message);
  }
  if (tokens !== '' || insecure === 'yes' || isLoopback(host)) return;
  throw serverError(
    'SERVER_BAD_OPTION',
    `At ${host} others than this machine reach the server, and anyone might use it. ` +
      'Give a file of --tokens, or say --insecure yes where something before it keeps strangers out.',
  );
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host);
}
