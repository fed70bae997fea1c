// Choosing an engine: the one asked for or none; without a wish, the first that can run here.

import type { Backend, BackendProvider } from './backend.ts';
import { backendError } from './error.ts';

/**
 * Opens the preferred provider, or the first one of the list that can run here. A preferred one
 * is never silently replaced by another: the message names those that can.
 * @throws `BACKEND_UNAVAILABLE` saying why each provider was refused.
 */
export async function openBackend<Id extends string>(
  providers: readonly BackendProvider<Id>[],
  preferred?: NoInfer<Id>,
): Promise<Backend> {
  const candidates = providers.filter(({ id }) => preferred === undefined || id === preferred);
  const refusals: string[] = [];
  let cause: unknown;
  for (const provider of candidates) {
    try {
      const reason = await provider.unavailable();
      if (reason === null) return await provider.open();
      refusals.push(`${provider.id} (${reason})`);
    } catch (error) {
      cause = error;
      refusals.push(`${provider.id} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  const refuse = (message: string): never => {
    throw backendError(preferred ?? 'openBackend', 'BACKEND_UNAVAILABLE', { message, cause });
  };
  if (preferred === undefined) {
    return refuse(`no engine can run here. Refused: ${refusals.join('; ') || 'none was given'}.`);
  }
  if (candidates.length === 0) {
    const known = providers.map(({ id }) => id).join(', ') || 'none';
    return refuse(`there is no such engine. Known: ${known}.`);
  }
  const others = await ableAmong(providers.filter(({ id }) => id !== preferred));
  return refuse(`it cannot run here: ${refusals.join('; ')}. These can: ${others || 'none'}.`);
}

async function ableAmong(providers: readonly BackendProvider[]): Promise<string> {
  const able: string[] = [];
  for (const provider of providers) {
    const reason = await provider.unavailable().catch(() => 'it breaks');
    if (reason === null) able.push(provider.id);
  }
  return able.join(', ');
}
