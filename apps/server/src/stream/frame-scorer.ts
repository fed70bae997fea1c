// Frames as they come, encoded, through a model: each gets its score, where that lies on the stream's own scale, and the
// alarms that begin and end with it. For a model of pictures each frame stands alone; for one of videos the clip around it,
// so that its score comes half a clip later.

import { type StreamClip, type StreamFrame, clipStream } from '@memae/datasets';
import { type Shape, ndarray } from '@memae/graph';
import {
  type AlarmEvent,
  type AlarmOptions,
  type Normaliser,
  endTrack,
  normaliseNext,
  startNormaliser,
  startTrack,
  trackAlarm,
} from '@memae/metrics';
import type { Manifest } from '@memae/onnx';
import {
  type Scorer,
  type ThresholdWish,
  batchesOf,
  decodePictures,
  judge,
  judgementOf,
} from '@memae/scoring';
import { requireSmall } from '../score/uploads.ts';

export type StreamMessage =
  | {
      readonly type: 'frame';
      /** Its place in the stream, from 0. */
      readonly frame: number;
      readonly score: number;
      /** From 0 to 1, ½ at the threshold; `null` in a model without one. */
      readonly normalised: number | null;
      /** 1 above the threshold. */
      readonly label: number | null;
      /** 1 less the score on a scale that the stream's first frames set: about 1 where it is as usual, below 0 beyond them. */
      readonly normality: number;
    }
  /** Begins with the frame named by `start`; what `end` and `peak` name is settled when it ends. */
  | {
      readonly type: 'alarm';
      readonly event: AlarmEvent['kind'];
      readonly start: number;
      readonly end: number;
      readonly peak: number;
      readonly score: number;
    }
  /** A frame that has no score. */
  | { readonly type: 'error'; readonly frame: number; readonly error: string }
  /** All frames are answered. */
  | { readonly type: 'end'; readonly frames: number };

export interface FrameScorerOptions {
  readonly manifest: Manifest;
  /** Scores what the model takes; asked for a batch at a time. */
  readonly scoreBatch: Scorer['scoreBatch'];
  readonly wish: ThresholdWish;
  readonly alarm: AlarmOptions;
  /** Width times height of a frame at most. */
  readonly maxPixels: number;
  readonly signal: AbortSignal;
}

export interface FrameScorer {
  /** What these frames bring about, in order: scores of frames before them, too. */
  readonly push: (frames: readonly Uint8Array[]) => Promise<StreamMessage[]>;
  /** What remains to be said when no more will come. */
  readonly end: () => Promise<StreamMessage[]>;
}

/** @throws `METRIC_BAD_OPTION` for alarms that cannot be; as `judgementOf` */
export function frameScorer(options: FrameScorerOptions): FrameScorer {
  const { manifest, scoreBatch, wish, alarm, maxPixels, signal } = options;
  const judgement = judgementOf(manifest, wish);
  const teller = frameTeller(alarm);
  const clips = clipsFor(manifest);
  let frames = 0;

  const decode = async (index: number, bytes: Uint8Array): Promise<Frame> => {
    const upload = { name: `frame ${index}`, type: '', bytes };
    await requireSmall([upload], { manifest, maxPixels, signal });
    const { data, shape } = await decodePictures([upload], { manifest, signal });
    return { index, pixels: Uint8Array.from(data), shape: shape.slice(1) };
  };

  const score = async (ready: readonly StreamClip<Frame>[]): Promise<StreamMessage[]> => {
    const named = ready.map(({ frame, samples }) => ({
      key: String(frame.index),
      sample: ndarray(samples, clips.shapeOf(frame)),
    }));
    const told: StreamMessage[] = [];
    for (const batch of batchesOf(named)) {
      const { scores, normalised, labels } = judge(await scoreBatch(batch), judgement);
      batch.keys.forEach((key, i) => {
        const judged = {
          frame: Number(key),
          score: scores[i] ?? NaN,
          normalised: normalised?.[i] ?? null,
          label: labels?.[i] ?? null,
        };
        told.push(...teller.tell(judged));
      });
    }
    return told;
  };

  return {
    push: async (encoded) => {
      const first = frames;
      frames += encoded.length;
      const decoded = await Promise.allSettled(encoded.map((bytes, i) => decode(first + i, bytes)));
      signal.throwIfAborted();
      const broken = decoded.flatMap((each, i): StreamMessage[] =>
        each.status === 'fulfilled'
          ? []
          : [{ type: 'error', frame: first + i, error: reasonOf(each.reason) }],
      );
      const whole = decoded.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      return [...broken, ...(await score(whole.flatMap((frame) => clips.push(frame))))];
    },
    end: async () => [...(await score(clips.end())), ...teller.end(), { type: 'end', frames }],
  };
}

interface Frame extends StreamFrame {
  /** `[channels, height, width]`; not the same for all where the model takes tiles of pictures. */
  readonly shape: Shape;
}

/** Clips around frames, or the frames themselves. */
function clipsFor({ preparation, input: { dims } }: Manifest) {
  if (preparation?.kind === 'clips') {
    const stream = clipStream<Frame>({
      frames: Number(dims[2]),
      dilation: preparation.dilation,
    });
    return {
      push: (frame: Frame) => stream.push(frame),
      end: () => stream.end(),
      shapeOf: () => dims.slice(1).map(Number),
    };
  }
  return {
    push: (frame: Frame) => [{ frame, samples: frame.pixels }],
    end: () => [],
    shapeOf: ({ shape }: Frame) => shape,
  };
}

type Judged = Pick<
  Extract<StreamMessage, { type: 'frame' }>,
  'frame' | 'score' | 'normalised' | 'label'
>;

/** What is told of a frame, by those before it. */
function frameTeller(alarm: AlarmOptions): {
  readonly tell: (frame: Judged) => StreamMessage[];
  readonly end: () => StreamMessage[];
} {
  let normaliser: Normaliser = startNormaliser();
  let track = startTrack(alarm);
  const told = (event: AlarmEvent | null): StreamMessage[] =>
    event ? [{ type: 'alarm', event: event.kind, ...event.interval }] : [];
  return {
    tell: (judged) => {
      const scaled = normaliseNext(normaliser, judged.score);
      const next = trackAlarm(track, { ...judged, flagged: judged.label === 1 });
      [normaliser, track] = [scaled.normaliser, next.track];
      return [{ type: 'frame', ...judged, normality: 1 - scaled.value }, ...told(next.event)];
    },
    end: () => told(endTrack(track)),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
