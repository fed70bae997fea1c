// What an ordinary connection to each service looks like.

import type { Random } from '@memae/graph';

export const protocols = ['tcp', 'udp', 'icmp'] as const;
export const services = ['web', 'mail', 'names', 'shell', 'files', 'echo'] as const;
export const endings = ['closed', 'refused', 'reset', 'silent'] as const;

/** A connection, as the columns of `flows` hold it. */
export interface Flow {
  protocol: (typeof protocols)[number];
  service: (typeof services)[number];
  /** How it ended. */
  ending: (typeof endings)[number];
  /** Base-10 logarithms of seconds, bytes and packets. */
  duration: number;
  sent: number;
  received: number;
  packets: number;
  /** Connections of the same host in the last two seconds, and which share of them failed or had the same service. */
  recent: number;
  failed: number;
  alike: number;
}

/** Base-10 logarithms of the bytes either way and the seconds of a typical connection; how busy its host is. */
interface Habit {
  readonly protocol: Flow['protocol'];
  readonly often: number;
  readonly sent: number;
  readonly received: number;
  readonly duration: number;
  readonly recent: number;
}

const habits: Readonly<Record<Flow['service'], Habit>> = {
  web: { protocol: 'tcp', often: 9, sent: 2.6, received: 3.9, duration: -0.7, recent: 8 },
  mail: { protocol: 'tcp', often: 4, sent: 3.5, received: 2.6, duration: 0.2, recent: 3 },
  names: { protocol: 'udp', often: 6, sent: 1.7, received: 2.1, duration: -1.8, recent: 12 },
  shell: { protocol: 'tcp', often: 2, sent: 3.2, received: 3.6, duration: 2.1, recent: 1 },
  files: { protocol: 'tcp', often: 2, sent: 2.3, received: 5.2, duration: 1.0, recent: 2 },
  echo: { protocol: 'icmp', often: 2, sent: 1.9, received: 1.9, duration: -2.2, recent: 4 },
};

/** An ordinary connection. */
export function drawOrdinary(random: Random): Flow {
  const service = pick(
    services.flatMap((each) => Array.from({ length: habits[each].often }, () => each)),
    random,
  );
  const habit = habits[service];
  // A long session moves more bytes both ways: the columns hang together.
  const length = random.normal();
  const sent = habit.sent + 0.25 * length + 0.15 * random.normal();
  const received = habit.received + 0.45 * length + 0.2 * random.normal();
  const fails = random.uniform() < 0.06;
  return {
    protocol: service === 'names' && random.uniform() < 0.05 ? 'tcp' : habit.protocol,
    service,
    ending: fails ? pick(endings.slice(1), random) : 'closed',
    duration: habit.duration + 0.4 * length + 0.2 * random.normal(),
    sent,
    received: fails ? 0.3 * received : received,
    packets: Math.max(sent, received) - 2.2 + 0.15 * random.normal(),
    recent: habit.recent * Math.exp(0.4 * random.normal()),
    failed: share(0.04 + (fails ? 0.2 : 0) + 0.04 * random.normal()),
    alike: share(0.75 + 0.12 * random.normal()),
  };
}

/** One of several, each equally often. */
export function pick<T>(items: readonly T[], random: Random): T {
  return items[random.integer(items.length)] as T;
}

/** Kept within [0, 1]. */
export function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
