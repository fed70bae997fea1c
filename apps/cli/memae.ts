// Runs the command line from a checkout, without a build: `pnpm memae …`. The package manager starts
// scripts in the root folder; the folder that the user is in comes as INIT_CWD.

import { readFileSync } from 'node:fs';

const root = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
const { packageManager } = JSON.parse(root) as { packageManager: string };
process.chdir(process.env['INIT_CWD'] ?? '.');
process.env['MEMAE_PROGRAM'] ??= `npx --yes ${packageManager} memae`;
await import('./src/main.ts');
