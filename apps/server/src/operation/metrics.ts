// The server's figures for Prometheus. Labels are routes, models that are served and codes: never a request's own words,
// so that their number is bounded.

import { setInterval } from 'node:timers';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ModelId, Observer } from '../core/observer.ts';
import type { ModelRepository } from '../core/repository.ts';
import { rowsOf } from '../core/rows.ts';
import type { CallWatch } from './call-watch.ts';
import { inputsMoved, watchDrift } from './drift-watch.ts';
import { onRequestEnd } from './request-end.ts';
import { scoreHistogram } from './score-histogram.ts';

export interface MetricsOptions {
  /** The largest batch that there may be. */
  readonly maxBatchSize: number;
  /** Seconds between looks for drift; 0 for none. */
  readonly driftSeconds: number;
}

export interface Metrics {
  readonly observer: Observer;
  /** Counts the calls over gRPC. */
  readonly watch: CallWatch;
  /**
   * Counts the requests of all routes that are registered from now on, and answers `GET /metrics`.
   * @param options.open whether that needs no token
   */
  readonly register: (
    app: FastifyInstance,
    options: { readonly repository: ModelRepository; readonly open: boolean },
  ) => void;
  readonly close: () => void;
}

/** Seconds: from a row through a small network to a film. */
const durations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics({ maxBatchSize, driftSeconds }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const model = ['model', 'version'] as const;
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ) => new Counter({ name: `memae_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `memae_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    { labelNames, buckets = durations }: { labelNames: readonly Label[]; buckets?: number[] },
  ) => new Histogram({ name: `memae_${name}`, help, labelNames, buckets, registers });

  const http = {
    requests: counter(
      'http_requests_total',
      'Requests, by route and status; 499: the client left',
      [...(['method', 'route', 'status'] as const)],
    ),
    seconds: histogram('http_request_seconds', 'From a request to the end of its answer', {
      labelNames: ['method', 'route'],
    }),
  };
  const grpc = {
    requests: counter('grpc_requests_total', 'Calls over gRPC, by method and status', [
      ...(['method', 'status'] as const),
    ]),
    seconds: histogram('grpc_request_seconds', 'From a call to its end', {
      labelNames: ['method'],
    }),
  };
  const models = {
    requests: counter('model_requests_total', 'Requests to a model, by what came of them', [
      ...([...model, 'outcome'] as const),
    ]),
    samples: counter('model_samples_total', 'Samples whose scores were told', model),
    flagged: counter('model_flagged_total', 'Those with scores above the threshold', model),
    seconds: histogram('model_request_seconds', 'From the queue to the result', {
      labelNames: model,
    }),
    queue: histogram('model_queue_seconds', 'How long a request waited for an instance', {
      labelNames: model,
    }),
    compute: histogram('model_compute_seconds', 'How long a batch took', { labelNames: model }),
    batch: histogram('model_batch_size', 'Samples of a batch', {
      labelNames: model,
      buckets: powersTo(maxBatchSize),
    }),
    queued: gauge('model_queue_depth', 'Requests that wait', model),
    loaded: gauge('model_loaded', '1 for each version that is loaded', model),
    threshold: gauge('model_threshold', 'The score from which on samples are flagged', model),
  };
  const drift = {
    drifted: gauge('drifted', '1 where inputs or scores changed at the level 0.01', model),
    inputs: gauge('input_drift', 'How far the column that moved most has moved, 0 to 1', model),
    scores: gauge('score_drift', 'How far scores have moved from the calibration, 0 to 1', model),
    samples: gauge('drift_samples', 'Scores that drift was last told by', model),
  };
  const addScores = scoreHistogram(registry);
  const ready = gauge('ready', '1 while the server takes requests', []);

  let log: FastifyBaseLogger | undefined;
  const watch = watchDrift(
    ({ name, version }, found) => {
      const labels = { model: name, version };
      drift.drifted.set(labels, Number(found.drifted));
      drift.inputs.set(labels, inputsMoved(found));
      drift.scores.set(labels, found.scores?.moved ?? 0);
      drift.samples.set(labels, found.samples);
      if (!found.drifted) return;
      const moved = found.columns?.find((column) => column.drifted)?.name;
      log?.warn({ ...labels, moved }, 'what comes is not like what the model was trained on');
    },
    (error) => log?.error(error, 'drift could not be told'),
  );
  const looking =
    driftSeconds > 0 ? setInterval(watch.look, driftSeconds * 1000).unref() : undefined;

  /** Gauges of what is there now. */
  const look = async (repository: ModelRepository): Promise<void> => {
    ready.set(Number(repository.ready()));
    for (const each of [models.queued, models.loaded, models.threshold]) each.reset();
    const loaded = repository.index().filter(({ state }) => state === 'READY');
    for (const { name, version } of loaded) {
      const labels = { model: name, version };
      // It may go between the two.
      const found = await repository
        .use({ name, version }, (opened) => Promise.resolve(opened))
        .catch(() => undefined);
      if (found === undefined) continue;
      models.loaded.set(labels, 1);
      models.queued.set(labels, found.queued());
      const { threshold } = found.manifest;
      if (threshold !== null) models.threshold.set(labels, threshold.value);
    }
  };

  const observer: Observer = {
    batch: (observed, report) => {
      const labels = labelsOf(observed);
      models.batch.observe(labels, rowsOf(report.samples));
      models.compute.observe(labels, report.computed / 1000);
      for (const wait of report.queued) models.queue.observe(labels, wait / 1000);
    },
    scored: (observed, report) => {
      if (driftSeconds > 0) watch.scored?.(observed, report);
      const labels = labelsOf(observed);
      const { scores } = report;
      models.samples.inc(labels, scores.length);
      addScores(observed, scores);
      const { threshold } = observed.manifest;
      if (threshold === null) return;
      models.flagged.inc(labels, scores.filter((score) => score > threshold.value).length);
    },
    request: (observed, { took, error }) => {
      const labels = labelsOf(observed);
      models.requests.inc({ ...labels, outcome: outcomeOf(error) });
      models.seconds.observe(labels, took / 1000);
    },
  };

  return {
    observer,
    watch: ({ method }, work) => {
      work();
      return ({ status, took }) => {
        grpc.requests.inc({ method, status });
        grpc.seconds.observe({ method }, took / 1000);
      };
    },
    register: (app, { repository, open }) => {
      log = app.log;
      onRequestEnd(app, ({ request, reply, status }) => {
        const { url: route = 'none' } = request.routeOptions;
        // Where there is no route, a method is but the client's word.
        const method = route === 'none' ? 'none' : request.method;
        http.requests.inc({ method, route, status });
        http.seconds.observe({ method, route }, reply.elapsedTime / 1000);
      });
      app.get(
        '/metrics',
        { config: { open }, logLevel: 'warn', schema: { hide: true } },
        async (_request, reply) => {
          await look(repository);
          return reply.type(registry.contentType).send(await registry.metrics());
        },
      );
    },
    close: () => {
      clearInterval(looking);
      registry.clear();
    },
  };
}

function labelsOf({ name, version }: ModelId) {
  return { model: name, version };
}

/** `ok`, or the code of the error: there are as many as the packages have. */
function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'other';
}

function powersTo(most: number): number[] {
  const count = Math.ceil(Math.log2(Math.max(2, most)));
  return Array.from({ length: count + 1 }, (_, i) => Math.min(2 ** i, most));
}
