// The server as its users start it: `memae serve` in a process of its own, at 127.0.0.1, from its first word to its end.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';

const cli = join(import.meta.dirname, '../../../apps/cli/memae.ts');
const program = ['--conditions=@memae/source', cli];

/** Runs `memae` with these words to its end. */
export async function runMemae(words: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [...program, ...words]);
}

export interface Program extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** Bytes of memory that it holds now; 0 where the system does not tell. */
  readonly memory: () => Promise<number>;
  /** Seconds of processor time that it has taken so far; 0 where the system does not tell. */
  readonly cpu: () => Promise<number>;
  /** Whether it still runs. */
  readonly runs: () => boolean;
  /** Ends it, by default in order; settles when it has ended. */
  readonly end: (signal?: NodeJS.Signals) => Promise<void>;
  /** The last words that it wrote to stderr. */
  readonly said: () => string;
}

export interface StartOptions {
  /** As `memae serve` takes them. */
  readonly words: readonly string[];
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `memae serve`, and waits until it listens. */
export async function startServer({ words, port = 0, env = {} }: StartOptions): Promise<Program> {
  const all = [...program, 'serve', ...words, '--port', String(port), '--log-level', 'warn'];
  const { child, ...started } = startProgram(process.execPath, { words: all, env });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    return { ...started, url };
  }
  throw new Error(`The server did not start: ${started.said()}`);
}

/** Starts another server at a port of 127.0.0.1, and waits until something answers there. */
export async function startOther(
  command: string,
  { words, port, env = {} }: StartOptions & { readonly port: number },
): Promise<Program> {
  const { child, ...started } = startProgram(command, { words, env });
  child.stdout.resume();
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; started.runs() && tries < 600; tries += 1) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) return { ...started, url };
    await after(100);
  }
  await started.end('SIGKILL');
  throw new Error(`${command} ${words.join(' ')} did not start: ${started.said()}`);
}

function startProgram(command: string, { words, env }: Required<Omit<StartOptions, 'port'>>) {
  const child = spawn(command, words, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-10_000)));
  const ended = once(child, 'exit').then(() => undefined);
  // With whoever started it, whatever becomes of them.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    child,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').catch(() => '');
      return 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    },
    cpu: async () => {
      const status = await readFile(`/proc/${child.pid ?? 0}/stat`, 'utf8').catch(() => '');
      const [user = 0, system = 0] = status.split(' ').slice(13, 15).map(Number);
      // In hundredths of a second on every Linux that Node.js comes for.
      return (user + system) / 100;
    },
    runs: () => child.exitCode === null && child.signalCode === null,
    end,
    said: () => said,
    [Symbol.asyncDispose]: () => end(),
  };
}

/** A port that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
