// Scoring as it goes on: what is under way, what came of it, and what went wrong.

import { useEffect, useRef, useState } from 'preact/hooks';
import { reasonOf } from './ask.ts';
import type { Result } from './result.ts';

export interface Scoring {
  readonly results: readonly Result[];
  readonly selected: Result | undefined;
  /** What goes on, in words; empty when nothing does. */
  readonly progress: string;
  readonly error: string;
  readonly select: (result: Result) => void;
  readonly clear: () => void;
  /** Scores in steps, each of which adds results; a new one ends the one before. */
  readonly start: (steps: (tell: Tell) => AsyncIterable<readonly Result[]>) => void;
}

export interface Tell {
  readonly signal: AbortSignal;
  readonly onBusy: (seconds: number) => void;
}

const nothing = { results: [], selected: undefined, progress: '', error: '' } as const;

type State = Pick<Scoring, 'results' | 'selected' | 'progress' | 'error'>;

export function useScoring(): Scoring {
  const [state, setState] = useState<State>(nothing);
  const running = useRef<AbortController | undefined>(undefined);
  const change = (part: Partial<State>): void => {
    setState((before) => ({ ...before, ...part }));
  };
  const stop = (): void => {
    running.current?.abort();
    running.current = undefined;
  };
  // Whoever leaves the view leaves what it asked for.
  useEffect(() => stop, []);
  const start: Scoring['start'] = (steps) => {
    stop();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    change({ progress: 'Scoring …', error: '', selected: undefined });
    const onBusy = (seconds: number): void => {
      change({ progress: `The server is busy. Trying again in ${seconds} s …` });
    };
    const run = async (): Promise<void> => {
      for await (const results of steps({ signal, onBusy })) {
        signal.throwIfAborted();
        if (results.length > 0) setState((before) => merged(before, results));
      }
    };
    run().then(
      () => {
        change({ progress: '' });
      },
      (error: unknown) => {
        if (!signal.aborted) change({ progress: '', error: reasonOf(error) });
      },
    );
  };
  return {
    ...state,
    select: (selected) => {
      change({ selected });
    },
    clear: () => {
      stop();
      setState(nothing);
    },
    start,
  };
}

/** A sample that is scored again takes the place of its earlier result. What scored highest since the start is looked at. */
function merged(before: State, added: readonly Result[]): State {
  const keys = new Set(added.map(({ key }) => key));
  const results = [...before.results.filter(({ key }) => !keys.has(key)), ...added];
  const selected = [...added, ...(before.selected ? [before.selected] : [])].reduce((a, b) =>
    b.score > a.score ? b : a,
  );
  return { ...before, progress: 'Scoring …', results, selected };
}
