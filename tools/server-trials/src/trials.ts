// All trials, by their names.

import { equal } from './equal.ts';
import { kill } from './kill.ts';
import { malformed } from './malformed.ts';
import { overload } from './overload.ts';
import { reload } from './reload.ts';
import { slowClients } from './slow-clients.ts';
import type { Trial } from './trial.ts';

export const trials = {
  overload,
  malformed,
  'slow-clients': slowClients,
  kill,
  reload,
  equal,
} satisfies Readonly<Record<string, Trial>>;
