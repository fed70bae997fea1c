// Traces by OpenTelemetry: a span of each request, which goes on from the caller's (W3C traceparent), and in it spans of
// waiting for the model and of computing. Its packages are loaded only where traces are wanted. Nothing global is set.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serverError } from '../core/error.ts';
import type { Observer } from '../core/observer.ts';
import type { CallWatch } from './call-watch.ts';
import { onRequestEnd } from './request-end.ts';

export interface TracingOptions {
  /** Of a collector that takes OTLP over HTTP, as `http://127.0.0.1:4318`; missing, OTEL_… variables name it. */
  readonly endpoint?: string | undefined;
  readonly version: string;
  /** Milliseconds since 1970, and more exactly since any start: a span's own times and those of its parts go by it. */
  readonly now: () => number;
  readonly clock: () => number;
}

/** What is asked: its span, the context of its parts, and milliseconds since 1970 as its clock has them. */
interface Traced {
  readonly span: Span;
  readonly context: Context;
  readonly now: () => number;
}

export interface Tracing {
  readonly observer: Observer;
  /** Traces the calls over gRPC. */
  readonly watch: CallWatch;
  /** Traces the requests of all routes that are registered from now on. */
  readonly register: (app: FastifyInstance) => void;
  /** Sends what is not sent yet; fails where the collector does not take it. */
  readonly close: () => Promise<void>;
}

/** Milliseconds that a collector is given: the server's end, too, waits no longer for one that does not answer. */
const patience = 3000;

/** @throws `SERVER_BAD_OPTION` where the packages are not installed */
export async function createTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint, version } = options;
  const { api, core, exporter, resources, sdk } = await load();
  const provider = new sdk.BasicTracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say otherwise.
    resource: resources
      .resourceFromAttributes({ 'service.name': 'memae', 'service.version': version })
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor(
        new exporter.OTLPTraceExporter({
          timeoutMillis: patience,
          ...(endpoint !== undefined && { url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
        }),
      ),
    ],
  });
  const tracer = provider.getTracer('@memae/server', version);
  const propagator = new core.W3CTraceContextPropagator();
  const spans = new WeakMap<FastifyRequest, Traced>();
  const asked = new AsyncLocalStorage<Traced>();

  /** A span of what is asked, within the caller's. */
  const begin = (
    name: string,
    {
      headers,
      attributes,
    }: { readonly headers: IncomingHttpHeaders; readonly attributes: Attributes },
  ): Traced => {
    const began = options.clock();
    const startTime = options.now();
    const now = (): number => startTime + options.clock() - began;
    const parent = propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter);
    const kind = api.SpanKind.SERVER;
    const span = tracer.startSpan(name, { kind, startTime, attributes }, parent);
    return { span, context: api.trace.setSpan(parent, span), now };
  };

  return {
    observer: {
      request: ({ name, version: number }, { samples, took, queued, computed, error }) => {
        const traced = asked.getStore();
        if (traced === undefined) return;
        const { context, now } = traced;
        const began = now() - took;
        const attributes = {
          'memae.model.name': name,
          'memae.model.version': number,
          'memae.samples': samples,
        };
        const tell = (
          part: string,
          { start, end }: { readonly start: number; readonly end: number },
        ): void => {
          const span = tracer.startSpan(part, { startTime: start, attributes }, context);
          if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR });
          span.end(end);
        };
        // What came to no instance did nothing but wait.
        const waited = queued ?? took;
        tell('queue', { start: began, end: began + waited });
        if (computed === undefined) return;
        tell('compute', { start: began + waited, end: began + waited + computed });
      },
    },
    watch: ({ method, id, headers, quiet }, work) => {
      if (quiet) {
        work();
        return () => undefined;
      }
      const attributes = { 'rpc.system': 'grpc', 'rpc.method': method, 'http.request.id': id };
      const traced = begin(method, { headers, attributes });
      asked.run(traced, work);
      return ({ status }) => {
        traced.span.setAttribute('rpc.response.status_code', status);
        if (serverStatuses.has(status)) traced.span.setStatus({ code: api.SpanStatusCode.ERROR });
        traced.span.end(traced.now());
      };
    },
    register: (app) => {
      app.addHook('onRequest', (request, _reply, done) => {
        const { method, routeOptions, headers } = request;
        // Asked every few seconds, and of no interest.
        if (routeOptions.logLevel !== 'warn') {
          const route = routeOptions.url ?? 'none';
          const attributes = {
            'http.request.method': method,
            'http.route': route,
            'http.request.id': request.id,
          };
          spans.set(request, begin(`${method} ${route}`, { headers, attributes }));
        }
        done();
      });
      // Not before: what reads a body leaves the context of its request.
      app.addHook('preHandler', (request, _reply, done) => {
        const traced = spans.get(request);
        if (traced === undefined) done();
        else asked.run(traced, done);
      });
      onRequestEnd(app, ({ request, status }) => {
        const traced = spans.get(request);
        if (traced === undefined) return;
        traced.span.setAttribute('http.response.status_code', status);
        if (status >= 500) traced.span.setStatus({ code: api.SpanStatusCode.ERROR });
        traced.span.end(traced.now());
      });
    },
    close: () => provider.shutdown(),
  };
}

/** Those by which OpenTelemetry's conventions say that a server failed. */
const serverStatuses = new Set([
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'UNKNOWN',
]);

async function load() {
  try {
    const [api, core, exporter, resources, sdk] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/core'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
    ]);
    return { api, core, exporter, resources, sdk };
  } catch (error) {
    const packages =
      '@opentelemetry/api@1.9 @opentelemetry/core@2 @opentelemetry/exporter-trace-otlp-http@0.223 ' +
      '@opentelemetry/resources@2 @opentelemetry/sdk-trace-base@2';
    const message = `Traces need packages that are not installed: npm install ${packages}.`;
    throw serverError('SERVER_BAD_OPTION', message, error);
  }
}

/** Whether the standard variables ask for traces. */
export function wantsTraces(env: Readonly<Record<string, string | undefined>>): boolean {
  const { OTEL_SDK_DISABLED: off, OTEL_TRACES_EXPORTER: exporter = 'otlp' } = env;
  if (off === 'true' || exporter !== 'otlp') return false;
  return [env['OTEL_EXPORTER_OTLP_ENDPOINT'], env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']].some(
    (endpoint) => endpoint !== undefined && endpoint !== '',
  );
}
