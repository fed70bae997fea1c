// The page at `/`, to the strictest policy that it can live with: scripts, styles and data from this server alone.

import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { PageFiles } from './page-files.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const policy = Object.entries({
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
  .join('; ');

/** A route for each file: no other path leads to one. */
export function pageRoutes(app: FastifyInstance, files: PageFiles): void {
  for (const [path, body] of files) {
    const type = types[extname(path)];
    if (type === undefined) continue;
    const isIndex = path === 'index.html';
    app.get(isIndex ? '/' : `/${path}`, { schema: { hide: true } }, (_request, reply) =>
      reply
        .headers({
          'content-type': type,
          // All others have their contents' hash in their names.
          'cache-control': isIndex ? 'no-cache' : 'public, max-age=31536000, immutable',
          'content-security-policy': policy,
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
        })
        .send(body),
    );
  }
}
