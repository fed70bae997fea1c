// What holds for every answer: headers that keep browsers from harm, an id, and that only those who may ask are answered.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest, FastifyServerOptions } from 'fastify';
import { serverError } from '../core/error.ts';
import type { Admission } from './admission.ts';
import { admitRequest } from './admit-request.ts';
import { onRequestEnd } from './request-end.ts';
import type { Authorize } from './tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token. */
    readonly open?: boolean;
  }
}

/** Of every answer; a route may set its own. The page's scripts, styles and streams are this server's, nothing else's. */
export const securityHeaders = {
  'content-security-policy': Object.entries({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'connect-src': "'self'",
    // Pictures and films that the user chose, and pictures in the server's answers.
    'img-src': "'self' blob: data:",
    'media-src': 'blob:',
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** The client's own id where it is harmless in logs and headers, or a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

/**
 * Lines of JSON that tell of requests by id, method, path and status: no bodies, queries, tokens or names of files.
 * @param options.address whether clients' addresses are told, too
 */
export function loggerOf(options: {
  readonly level: string;
  readonly stream: NodeJS.WritableStream;
  readonly address: boolean;
}): FastifyServerOptions['logger'] {
  const { level, stream, address } = options;
  const req = ({ method, url, ip }: FastifyRequest) => ({
    method,
    path: url.replace(/\?.*/s, '').slice(0, 200),
    ...(address && { address: ip }),
  });
  return { level, stream, serializers: { req } };
}

export interface GuardOptions {
  /** Left out, everyone is answered. */
  readonly authorize?: Authorize | undefined;
  /**
   * Whether it is asked by this machine's own names alone: a page from elsewhere may have its name changed to this
   * machine's address, and is then of the same origin to the browser.
   */
  readonly localOnly?: boolean;
  /** Left out, any number is answered at a time. */
  readonly admit?: Admission | undefined;
}

/** Puts the guard before every route that is registered from now on. */
export function guard(
  app: FastifyInstance,
  { authorize, localOnly = false, admit }: GuardOptions,
): void {
  onRequestEnd(app, ({ request, status }) => {
    if (status === 499) request.log.info('the client left before it was answered');
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(securityHeaders).header('x-request-id', request.id);
    // Node lets go of a connection that asks for a stream: refused, it would stay for ever.
    if (request.headers.upgrade !== undefined) {
      reply.raw.once('finish', () => {
        request.raw.socket.destroySoon();
      });
    }
    if (isForeign(request)) {
      done(
        serverError('SERVER_FORBIDDEN', 'A page of another origin asked: only its own page may.'),
      );
      return;
    }
    const { open = false } = request.routeOptions.config;
    if (localOnly && !open && !localName.test(request.headers.host ?? '')) {
      done(
        serverError(
          'SERVER_FORBIDDEN',
          'This server is asked as localhost or 127.0.0.1 alone, but Host names another. Behind a proxy give --tokens, or say --insecure yes.',
        ),
      );
      return;
    }
    const name = open ? undefined : authorize?.(request.headers.authorization);
    if (name !== undefined) {
      request.log.debug({ token: name }, 'known by its token');
    } else if (authorize !== undefined && !open) {
      void reply.header('www-authenticate', ['Bearer realm="memae"', 'Basic realm="memae"']);
      done(serverError('SERVER_UNAUTHORIZED', 'A token is needed: Authorization: Bearer TOKEN.'));
      return;
    }
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding !== 'identity') {
      void reply.header('accept-encoding', 'identity');
      const message = `The body came compressed (${encoding}): send it as it is.`;
      done(serverError('SERVER_COMPRESSED', message));
      return;
    }
    if (admit) admitRequest(admit, { request, reply }, name);
    done();
  });
}

const localName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Answers that are given while the server ends, end their connections: one that a client keeps would hold it. */
export function endConnections(app: FastifyInstance): void {
  let ending = false;
  app.addHook('preClose', (done) => {
    ending = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (ending) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * Whether a browser says that another site's page asks. Such a page could not read the answer, but could unload models,
 * of a server that listens for one person alone as of one that knows the browser's password.
 */
function isForeign({ method, headers }: FastifyRequest): boolean {
  const { origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (site !== undefined) {
    const followed = mode === 'navigate' && method === 'GET';
    return site !== 'same-origin' && site !== 'none' && !followed;
  }
  // Older browsers, and connections without TLS, say no more than this.
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== host;
}
