// For tests: the command line in a world of its own, with small data and streams that can be read.

import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { architectures } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { tfjsBackends } from '@memae/backend/tfjs';
import { drawStrokes } from '@memae/datasets';
import { type Shape, createRandom } from '@memae/graph';
import { createRegistry } from '@memae/training';
import { runCli } from '../cli.ts';

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts as Ctrl-C does, when this is first seen on stderr. */
  readonly interruptAt?: string;
  /** Milliseconds; the machine's own where none is given. */
  readonly clock?: () => number;
}

/** A folder, removed by `clear`, and command lines that start in it. */
export interface World {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly run: (line: string, options?: RunOptions) => Promise<Ended>;
  readonly clear: () => void;
}

export function createWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'memae-cli-'));
  return {
    folder,
    path: (name) => join(folder, name),
    clear: () => {
      rmSync(folder, { recursive: true, force: true });
    },
    run: async (line, { tty = false, env = {}, interruptAt, clock } = {}) => {
      const interruption = new AbortController();
      const [stdout, stderr] = [textStream(), textStream()];
      const status = await runCli(line.split(/\s+/).filter(Boolean), {
        registry: createRegistry(architectures),
        backends: ({ threads = 2 }) => [
          ortBackend({ threads }),
          ...tfjsBackends({ threads }),
          referenceBackend,
        ],
        stdout: stdout.stream,
        stderr: Object.assign(
          new Writable({
            write: (chunk: Buffer, _encoding, done) => {
              stderr.stream.write(chunk);
              if (interruptAt !== undefined && stderr.text().includes(interruptAt)) {
                interruption.abort();
              }
              done();
            },
          }),
          { isTTY: tty },
        ),
        cwd: folder,
        env: { XDG_CACHE_HOME: join(folder, 'cache'), ...env },
        signal: interruption.signal,
        clock: clock ?? (() => performance.now()),
      });
      return { status, stdout: stdout.text(), stderr: stderr.text() };
    },
  };
}

function textStream(): { readonly stream: Writable; readonly text: () => string } {
  let all = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      all += chunk.toString();
      done();
    },
  });
  return { stream, text: () => all };
}

/** A folder of IDX files named as MNIST's: `count` drawn digits, as many of each class. */
export async function writeDigits(
  folder: string,
  { count = 300, seed = 1 }: { readonly count?: number; readonly seed?: number } = {},
): Promise<void> {
  const { images, labels } = drawStrokes({ count, random: createRandom(seed) });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'train-images-idx3-ubyte'), idx(images.data, [count, 28, 28]));
  await writeFile(join(folder, 'train-labels-idx1-ubyte'), idx(labels, [count]));
}

/** IDX as its description says; see `readIdx`. */
export function idx(data: Uint8Array | Float32Array, shape: Shape): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, data instanceof Float32Array ? 0x0d : 0x08, shape.length]);
  shape.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i));
  if (data instanceof Uint8Array) return Buffer.concat([header, data]);
  const body = Buffer.alloc(data.byteLength);
  data.forEach((value, i) => body.writeFloatBE(value, 4 * i));
  return Buffer.concat([header, body]);
}
