// The memory of a server over time, and whether it grows.

import { setInterval } from 'node:timers';
import type { Program } from './program.ts';
import { quantile } from './trial.ts';

export interface Held {
  /** About ten looks, evenly over the time. */
  readonly megabytes: readonly number[];
  /** Whether the last quarter holds clearly more than the second: a quarter and 64 MB more. */
  readonly grows: boolean;
}

export function watchMemory({ memory }: Program) {
  const looks: number[] = [];
  const look = async (): Promise<void> => {
    looks.push((await memory()) / 2 ** 20);
  };
  const timer = setInterval(() => void look(), 250);
  return {
    end: async (): Promise<Held> => {
      clearInterval(timer);
      await look();
      const at = (share: number) => Math.floor(share * looks.length);
      const early = quantile(looks.slice(at(0.25), at(0.5)), 0.5);
      const late = quantile(looks.slice(at(0.75)), 0.5);
      const shown = Math.max(1, Math.ceil(looks.length / 10));
      return {
        megabytes: looks.filter((_, i) => i % shown === 0).map(Math.round),
        grows: late > 1.25 * early + 64,
      };
    },
  };
}
