// Connections that send a byte now and then, nothing at all, or end halfway: they do not hold the server, and are cut in
// time, while others are answered as ever.

import { type Socket, connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { createClient } from './client.ts';
import { startServer } from './program.ts';
import { drawQuestions, isRight } from './questions.ts';
import { type Trial, type TrialContext, brokenOf, inferPath, quantile } from './trial.ts';

const receiveSeconds = 4;
/** The server looks at its connections every second; the rest is for a busy machine. */
const graceSeconds = 6;

const head = `POST ${inferPath} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n`;
/** What each kind sends at once, then byte by byte, and whether it closes its side. */
const kinds = {
  'slow head': { first: 'POST /v2/', drip: 'm'.repeat(1000), half: false },
  'slow headers': { first: head, drip: 'X-Slow: '.padEnd(1000, 'x'), half: false },
  'slow body': { first: `${head}\r\n`, drip: '{'.padEnd(4000, ' '), half: false },
  silent: { first: '', drip: '', half: false },
  'half-closed head': { first: 'GET /v2 HTTP/1.1\r\nHo', drip: '', half: true },
  'half-closed body': { first: `${head}\r\n{"inputs"`, drip: '', half: true },
} as const;
type Kind = keyof typeof kinds;

export const slowClients: Trial = {
  promise: 'slow, silent and half-closed connections are cut, and hold nobody else up',
  requests: 3000,
  run: async ({ models: [model], requests, seed, onProgress, keep }: TrialContext) => {
    const questions = await drawQuestions(model, { count: 32, lengths: [1, 2], seed });
    const server = keep(
      await startServer({
        words: [
          ...[`model=${model.folder}`, '--threads', '1'],
          ...['--receive-timeout-seconds', String(receiveSeconds)],
        ],
      }),
    );
    const client = keep(createClient(server.url, 4));
    const counts = { right: 0, wrong: 0 };
    const asking = async (least: number, until: () => boolean): Promise<number[]> => {
      const waits: number[] = [];
      const lane = async (): Promise<void> => {
        while (waits.length < least || !until()) {
          const question = questions[waits.length % questions.length];
          if (question === undefined) return;
          const began = performance.now();
          const answer = await client.ask(inferPath, question.message).catch(() => undefined);
          waits.push(performance.now() - began);
          counts[answer !== undefined && isRight(answer, question) ? 'right' : 'wrong'] += 1;
          onProgress(`${counts.right} good requests answered`);
        }
      };
      await Promise.all([lane(), lane(), lane(), lane()]);
      return waits;
    };

    const alone = await asking(requests / 3, () => true);
    const each = Math.max(5, Math.min(100, Math.ceil(requests / 30)));
    const slow = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
      Array.from({ length: each }, () => ({ kind, ended: connectSlowly(server.url, kind) })),
    );
    let open = slow.length;
    for (const { ended } of slow) void ended.then(() => (open -= 1));
    const limit = (receiveSeconds + graceSeconds) * 1000;
    const deadline = performance.now() + limit;
    const beside = await asking(requests / 3, () => open === 0 || performance.now() > deadline);
    const lives = await Promise.all(
      slow.map(async ({ kind, ended }) => ({
        kind,
        seconds: await Promise.race([ended, after(Math.max(0, deadline - performance.now()))]),
      })),
    );
    const longest = (kind: Kind): number =>
      Math.max(...lives.map((life) => (life.kind === kind ? (life.seconds ?? Infinity) : 0)));
    const named = (Object.keys(kinds) as Kind[]).map((kind) => [kind, longest(kind)] as const);
    const round = (value: number): number => Number(value.toFixed(1));
    return {
      figures: {
        'slow connections': slow.length,
        ...counts,
        'p50 and p99 without them, ms': [0.5, 0.99].map((q) => round(quantile(alone, q))).join(' '),
        'p50 and p99 beside them, ms': [0.5, 0.99].map((q) => round(quantile(beside, q))).join(' '),
        ...Object.fromEntries(
          named.map(([kind, seconds]) => [`${kind}: cut after at most, s`, round(seconds)]),
        ),
      },
      broken: brokenOf({
        'some good requests were not answered right': counts.wrong > 0,
        'some slow connections were not cut': named.some(([, seconds]) => seconds === Infinity),
        'good requests took seconds': quantile(beside, 0.99) > 5000,
        'the server has ended': !server.runs(),
      }),
    };
  },
};

/** @returns the seconds that the connection lived */
function connectSlowly(url: string, kind: Kind): Promise<number> {
  const { first, drip, half } = kinds[kind];
  const { hostname, port } = new URL(url);
  const began = performance.now();
  const socket: Socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let timer: NodeJS.Timeout | undefined;
  socket.on('connect', () => {
    if (first !== '') socket.write(first);
    if (half) socket.end();
    let sent = 0;
    timer = setInterval(() => {
      if (sent < drip.length && socket.writable) socket.write(drip.charAt(sent));
      sent += 1;
    }, 200);
  });
  // Read, or its end is not seen.
  socket.resume();
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    const over = (): void => {
      clearInterval(timer);
      socket.destroy();
      resolve((performance.now() - began) / 1000);
    };
    socket.on('end', over).on('close', over);
  });
}
