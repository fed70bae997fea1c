// What a person sees while a command works: on a terminal one line that is written over, elsewhere a
// line an epoch; under --json warnings only. All of it on stderr.

import { basename } from 'node:path';
import type { DecodingProgress, Progress as Download } from '@memae/datasets';
import type { EpochReport, StepReport } from '@memae/training';
import type { CliContext } from './context.ts';

export interface Progress {
  readonly onStep: (report: StepReport) => void;
  readonly onEpoch: (report: EpochReport) => void;
  readonly onDownload: (progress: Download) => void;
  readonly onDecoding: (progress: DecodingProgress) => void;
  readonly onWarning: (message: string) => void;
  /** Says something worth knowing that is not the result. */
  readonly note: (message: string) => void;
  /** What is under way, on the line that is written over. */
  readonly status: (text: string) => void;
  /** Clears the line that is written over. */
  readonly end: () => void;
}

/** How often the line is written over, in milliseconds. */
const interval = 100;

/** Tells on stderr; the line that is written over only on a terminal, and not with `--json`. */
export function createProgress(
  { stderr, clock }: CliContext,
  { json }: { readonly json: boolean },
): Progress {
  const live = stderr.isTTY === true && !json;
  let shown = false;
  let last = -Infinity;
  const end = (): void => {
    if (shown) stderr.write('\r\x1b[2K');
    shown = false;
  };
  const line = (text: string): void => {
    end();
    stderr.write(`${text}\n`);
  };
  const overwrite = (text: string): void => {
    if (!live || clock() - last < interval) return;
    last = clock();
    shown = true;
    stderr.write(`\r\x1b[2K${text}`);
  };
  const announced = new Set<string>();

  return {
    onStep: ({ epoch, epochs, step, loss, samplesPerSecond, secondsLeft }) => {
      overwrite(
        `epoch ${epoch}/${epochs}  step ${step}  loss ${figure(loss)}  ` +
          `${samplesPerSecond.toFixed(0)} samples/s  ${duration(secondsLeft)} left`,
      );
    },
    onEpoch: ({ epoch, values, seconds }) => {
      if (json) return;
      const { loss, validationLoss, ...others } = values;
      const all = Object.entries({ loss, validationLoss, ...others }).flatMap(([name, value]) =>
        value === undefined ? [] : [`${words(name)} ${figure(value)}`],
      );
      line(`epoch ${epoch}: ${all.join(', ')}, ${duration(seconds)}`);
    },
    onDownload: ({ file, received, total }) => {
      if (!announced.has(file) && !live && !json) line(`downloading ${file}`);
      announced.add(file);
      const share = ((100 * received) / total).toFixed(0);
      overwrite(`downloading ${basename(file)}  ${share} % of ${(total / 1e6).toFixed(1)} MB`);
    },
    onDecoding: ({ done, total }) => {
      overwrite(`decoded ${done} of ${total} frames`);
    },
    onWarning: (message) => {
      line(`warning: ${message}`);
    },
    note: (message) => {
      if (!json) line(message);
    },
    status: overwrite,
    end,
  };
}

/** `itemsInUse` as `items in use`. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A number to four figures. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** `95` seconds as `1 min 35 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
