// For tests: what every page must hold to.

/** Elements left open or closed in the wrong order; none in a well-formed page. */
export function unclosed(page: string): string[] {
  const open: string[] = [];
  const empty = /^(meta|link|img|!doctype)$/;
  for (const [, close, name = '', rest = ''] of page.matchAll(
    /<(\/?)([!a-z][\w]*)((?:"[^"]*"|[^">])*)>/gi,
  )) {
    if (close !== '/') {
      if (!empty.test(name) && !rest.endsWith('/')) open.push(name);
    } else if (open.pop() !== name) return [...open, `</${name}>`];
  }
  return open;
}

/** Scripts, handlers, and addresses that would be fetched; none in a page that holds all it needs. */
export function reachesOut(page: string): string[] {
  const active = page.match(/<(script|iframe|object|embed|base)\b|\bon\w+=|@import|url\(/gi) ?? [];
  const sources = [...page.matchAll(/\b(?:src|srcset|href)="([^"]*)"/g)].map(([, url = '']) => url);
  return [...active, ...sources.filter((url) => !/^(data:|#)/.test(url))];
}
