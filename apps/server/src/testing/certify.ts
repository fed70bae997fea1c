// For tests: certificates that vouch for themselves.

import { execFileSync, spawnSync } from 'node:child_process';

/** Whether certificates can be made here. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Writes a certificate for 127.0.0.1 and its key, PEM. */
export function certify(
  name: string,
  files: { readonly cert: string; readonly key: string },
): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'],
      ...['-keyout', files.key, '-out', files.cert],
    ],
    { stdio: 'ignore' },
  );
}
