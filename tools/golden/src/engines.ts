// The engines that are held to the figures: those that train and that can run here.

import type { BackendProvider } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { tfjsBackend } from '@memae/backend/tfjs';

const all: readonly BackendProvider[] = [
  referenceBackend,
  ortBackend(),
  tfjsBackend('tfjs'),
  tfjsBackend('tfjs-cpu'),
];

/** Each engine, with the reason why it cannot run here, or `null`. */
export const engines = await Promise.all(
  all.map(async (engine) => ({ engine, unavailable: await engine.unavailable() })),
);
