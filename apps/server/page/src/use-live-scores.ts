// Frames of a player to the server as they are shown, and their scores as they come. Where the server is slower than the
// player, the player waits: no frame is left out.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelDescription } from './answers.ts';
import type { Point } from './normality-curve.tsx';
import type { PlayerProps } from './players.tsx';
import { type Stream, openStream } from './stream.ts';

export interface LiveScores {
  readonly points: readonly Point[];
  /** Before the first frame, while frames are scored, after the last score. */
  readonly phase: 'ready' | 'scoring' | 'done';
  readonly error: string;
  /** Makes ready for another video. */
  readonly reset: () => void;
  /** Takes a frame as it is shown, at its time in seconds. */
  readonly take: (picture: CanvasImageSource, time: number) => void;
  /** No more frames will be shown. */
  readonly end: () => void;
}

/** Frames that are shown but not sent yet: above the first the player waits, until they are fewer than the second. */
const [tooMany, few] = [8, 3];

type State = Pick<LiveScores, 'points' | 'phase' | 'error'>;

const nothing: State = { points: [], phase: 'ready', error: '' };

export function useLiveScores(
  model: ModelDescription,
  controls: PlayerProps['controls'],
): LiveScores {
  const [state, setState] = useState(nothing);
  const running = useRef<Running | undefined>(undefined);
  const close = (): void => {
    running.current?.stream.close();
    running.current = undefined;
  };
  useEffect(() => close, []);

  const open = (): Running => {
    const times: number[] = [];
    const stream = openStream(`/models/${model.name}/stream?version=${model.version}`, {
      onScore: ({ frame, score, normality }) => {
        const point = { time: times[frame] ?? 0, score, normality };
        setState((before) => ({ ...before, points: [...before.points, point] }));
      },
      onEnd: (error) => {
        controls.current?.pause();
        setState((before) => ({ ...before, error, phase: 'done' }));
      },
    });
    setState({ ...nothing, phase: 'scoring' });
    return { stream, times, sent: Promise.resolve(), unsent: 0, held: false };
  };

  return {
    ...state,
    reset: () => {
      close();
      setState(nothing);
    },
    take: (picture, time) => {
      if (state.phase === 'done') return;
      const run = (running.current ??= open());
      // A player may show one frame twice.
      if (time <= (run.times.at(-1) ?? -1)) return;
      run.times.push(time);
      run.unsent += 1;
      if (run.unsent >= tooMany) {
        run.held = true;
        controls.current?.pause();
      }
      const frame = captured(picture, model);
      run.sent = run.sent.then(async () => {
        await run.stream.send(await frame.convertToBlob({ type: 'image/png' }));
        run.unsent -= 1;
        if (!run.held || run.unsent >= few) return;
        run.held = false;
        controls.current?.play();
      });
    },
    end: () => {
      const run = running.current;
      void run?.sent.then(run.stream.end);
    },
  };
}

interface Running {
  readonly stream: Stream;
  /** Of the frames that were shown, in seconds. */
  readonly times: number[];
  /** Settles when all frames so far are sent. */
  sent: Promise<void>;
  unsent: number;
  /** Whether the player waits for the server. */
  held: boolean;
}

/** The frame as it is, or smaller where the model would lose most of it anyway. */
function captured(picture: CanvasImageSource, { input }: ModelDescription): OffscreenCanvas {
  const [width, height] =
    picture instanceof HTMLVideoElement
      ? [picture.videoWidth, picture.videoHeight]
      : [(picture as ImageBitmap).width, (picture as ImageBitmap).height];
  const longest = 2 * Math.max(...input.dims.slice(-2).map(Number));
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(scale * width), Math.round(scale * height));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}
