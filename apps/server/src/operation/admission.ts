// What clients may have going on at a time, over all transports: the bodies of all of them together, which are held in
// memory, and the requests of each.

import { serverError } from '../core/error.ts';

export interface AdmissionLimits {
  /** Bytes of bodies together. */
  readonly bodyBudget: number;
  /** Of one client; 0: any number. */
  readonly maxRequestsPerClient: number;
}

/** A request that goes on. */
interface Admitted {
  /**
   * Holds bytes until it ends, or lets them go where they are negative; of what comes after its end nothing is held.
   * @throws `SERVER_BUSY` for bytes that do not fit
   */
  readonly hold: (bytes: number) => void;
  /** To be called once, at its end: whatever it holds is let go. */
  readonly end: () => void;
}

/**
 * @param client tells whose request it is; left out, it counts for nobody
 * @throws `SERVER_TOO_MANY`
 */
export type Admission = (client?: () => string) => Admitted;

export function createAdmission({ bodyBudget, maxRequestsPerClient }: AdmissionLimits): Admission {
  /** Bytes of all. */
  let all = 0;
  const going = new Map<string, number>();
  return (client) => {
    const name = maxRequestsPerClient > 0 ? client?.() : undefined;
    if (name !== undefined) {
      const others = going.get(name) ?? 0;
      if (others >= maxRequestsPerClient) throw tooMany(others);
      going.set(name, others + 1);
    }
    let own = 0;
    let ended = false;
    return {
      hold: (bytes) => {
        if (ended) return;
        if (bytes > 0 && all + bytes > bodyBudget) throw full(bodyBudget);
        own += bytes;
        all += bytes;
      },
      end: () => {
        ended = true;
        all -= own;
        if (name === undefined) return;
        const left = (going.get(name) ?? 1) - 1;
        if (left > 0) going.set(name, left);
        else going.delete(name);
      },
    };
  };
}

function tooMany(others: number): Error {
  return serverError(
    'SERVER_TOO_MANY',
    `${others} of your requests go on, and no more may at a time. Try again when one is answered.`,
  );
}

function full(bodyBudget: number): Error {
  return serverError(
    'SERVER_BUSY',
    `The bodies of all requests may have ${bodyBudget} bytes together, and this one does not fit now. Try again later.`,
  );
}
