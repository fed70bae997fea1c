// The page at `/`. It lives with the policy that every answer has: scripts, styles and data from this server alone.

import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { PageFiles } from './page-files.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

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
        })
        .send(body),
    );
  }
}
