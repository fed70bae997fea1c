// Network connections drawn by the package itself, for use with no network: numbers and categories that hang together,
// and four kinds of attack, each from hardly visible to plain. Made after KDDCUP99 in kind, but no row of it is in them.

import { type Random, createRandom } from '@memae/graph';
import { datasetError } from '../error.ts';
import { type TablePool, createTable } from '../tables/table.ts';
import { type Flow, drawOrdinary, endings, pick, protocols, services, share } from './services.ts';

/** What `drawFlows` is asked for. */
export interface FlowsOptions {
  /** How many rows. */
  readonly count: number;
  readonly random: Random;
  /** Share of attacks; by default 0.2. */
  readonly anomalyShare?: number;
}

/** What an attack does to an ordinary connection; `force` says how much, from 0 to 1. */
const attacks: Readonly<Record<string, (flow: Flow, force: number, random: Random) => void>> = {
  // Many ports tried, one after the other: little goes either way, and most are closed.
  scan(flow, force, random) {
    flow.ending = random.uniform() < force ? pick(['refused', 'reset'], random) : flow.ending;
    flow.sent -= 0.8 * force;
    flow.received -= 1 * force;
    flow.recent += 25 * force;
    flow.failed = share(flow.failed + 0.4 * force);
    flow.alike = share(flow.alike - 0.5 * force);
  },
  // One service asked over and over, without waiting for an answer.
  flood(flow, force, random) {
    flow.ending = random.uniform() < force ? 'silent' : flow.ending;
    flow.received *= 1 - 0.8 * force;
    flow.duration -= force;
    flow.recent += 60 * force * random.uniform(0.5, 1);
    flow.alike = share(flow.alike + 0.3 * force);
  },
  // Data carried out: more is sent than such a session sends.
  leak(flow, force) {
    flow.sent += 2.2 * force;
    flow.packets += 1.2 * force;
    flow.duration += 0.8 * force;
  },
  // One service made to look like another: each number is ordinary, their company is not.
  disguise(flow, force, random) {
    const service = pick(services, random);
    const other = drawOrdinary(random);
    flow.service = service;
    flow.sent += (other.sent - flow.sent) * force;
    flow.packets += (other.packets - flow.packets) * force;
  },
};

/** `normal`, then the kinds of attack. */
export const flowClasses: readonly string[] = ['normal', ...Object.keys(attacks)];

/**
 * Draws connections: 7 columns of numbers, 3 of categories. The same seed gives the same rows, and a smaller `count`
 * gives the first of them.
 * @throws `DATASET_BAD_OPTION` for a count that is not a whole number, at least 1, or a share outside of [0, 1].
 */
export function drawFlows({ count, random, anomalyShare = 0.2 }: FlowsOptions): TablePool {
  if (!(Number.isInteger(count) && count > 0 && anomalyShare >= 0 && anomalyShare <= 1)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `A whole number of rows and a share of attacks from 0 to 1 were expected, but ${count} and ${anomalyShare} came.`,
    );
  }
  const flows: Flow[] = [];
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    const stream = random.fork(String(i));
    const flow = drawOrdinary(stream);
    flows.push(flow);
    if (stream.uniform() >= anomalyShare) return 0;
    const kind = 1 + stream.integer(flowClasses.length - 1);
    attacks[flowClasses[kind] ?? '']?.(flow, stream.uniform(0.05, 0.6), stream);
    return kind;
  });
  const numbers = (name: keyof Flow) => ({
    name,
    kind: 'continuous' as const,
    values: Float32Array.from(flows, (flow) => Number(flow[name])),
  });
  const names = (name: keyof Flow, categories: readonly string[]) => ({
    name,
    kind: 'categorical' as const,
    categories,
    codes: Uint8Array.from(flows, (flow) => categories.indexOf(String(flow[name]))),
  });
  const columns = [
    ...(['duration', 'sent', 'received', 'packets', 'recent', 'failed', 'alike'] as const).map(
      numbers,
    ),
    names('protocol', protocols),
    names('service', services),
    names('ending', endings),
  ];
  return {
    table: createTable({ name: 'flows', columns }),
    labels,
    classes: flowClasses,
    anomalies: flowClasses.slice(1),
  };
}

/** `flows` as a data set: always the same 20,000 rows, a fifth of them attacks. */
export function flows(): TablePool {
  return drawFlows({ count: 20_000, random: createRandom(1) });
}
