// A live source through a finished run: a score a frame as it comes, where that lies on the stream's own scale, and when an
// alarm begins and ends.

import {
  type LiveFrame,
  type LiveOptions,
  type StreamClip,
  batchFor,
  clipStream,
  liveFrames,
} from '@memae/datasets';
import { ndarray } from '@memae/graph';
import {
  type AlarmOptions,
  type NormaliserOptions,
  nextAlarm,
  normaliseNext,
  startAlarm,
  startNormaliser,
} from '@memae/metrics';
import { scoringError } from './error.ts';
import { type Judgement, judge } from './judgement.ts';
import type { Scorer } from './scorer.ts';

/** What is said of a frame. */
export interface FrameScore {
  /** Its place in the stream, from 0; those let go count, too. */
  readonly frame: number;
  /** When it came, in seconds from the start. */
  readonly seconds: number;
  readonly score: number;
  /** From 0 to 1, ½ at the threshold; `null` in a model without one. */
  readonly normalised: number | null;
  /** 1 above the threshold. */
  readonly label: number | null;
  /** 1 less the score on a scale set by the stream's first frames: about 1 where it is as usual, below 0 beyond what was seen. */
  readonly normality: number;
  /** Whether an alarm begins or ends with this frame. */
  readonly alarm: 'begin' | 'end' | null;
}

export interface ScoreLiveOptions extends Omit<LiveOptions, 'size' | 'most'> {
  readonly judgement: Judgement;
  readonly alarm?: AlarmOptions;
  readonly normaliser?: NormaliserOptions;
}

/**
 * Scores frames in their order, each as `openClips` and the scorer would in a file of the same frames: by the clip around it,
 * so it comes later by the half of a clip. Where frames were let go, clips end before and begin anew.
 * @throws `SCORING_WRONG_KIND` for a model that takes no clips; `METRIC_BAD_OPTION`; as `liveFrames` and the scorer
 */
export async function* scoreLive(
  scorer: Scorer,
  source: string,
  { judgement, alarm: alarms, normaliser: scale, ...live }: ScoreLiveOptions,
): AsyncGenerator<FrameScore> {
  const { preparation, input } = scorer.manifest;
  if (preparation?.kind !== 'clips') {
    throw scoringError(
      'SCORING_WRONG_KIND',
      'A live source is scored by a model of videos, but this one takes something else. Name a run that was trained on videos.',
    );
  }
  const [frames = 0, height = 0, width = 0] = input.dims.slice(2).map(Number);
  const shape = [1, frames, height, width];
  const most = batchFor(shape);
  const clips = clipStream<LiveFrame>({ frames, dilation: preparation.dilation });
  let normaliser = startNormaliser(scale);
  let alarm = startAlarm(alarms);

  async function* score(ready: readonly StreamClip<LiveFrame>[]): AsyncGenerator<FrameScore> {
    for (let start = 0; start < ready.length; start += most) {
      const group = ready.slice(start, start + most);
      const data = new Uint8Array(group.length * frames * height * width);
      group.forEach(({ samples }, i) => {
        data.set(samples, i * samples.length);
      });
      const keys = group.map(({ frame }) => `${source}/${frame.index}`);
      const samples = ndarray(data, [group.length, ...shape]);
      const judged = judge(await scorer.scoreBatch({ samples, keys }), judgement);
      for (const [i, { frame }] of group.entries()) {
        const label = judged.labels?.[i] ?? null;
        const value = judged.scores[i] ?? NaN;
        const scaled = normaliseNext(normaliser, value);
        const next = nextAlarm(alarm, label === 1);
        [normaliser, alarm] = [scaled.normaliser, next.alarm];
        yield {
          frame: frame.index,
          seconds: frame.seconds,
          score: value,
          normalised: judged.normalised?.[i] ?? null,
          label,
          normality: 1 - scaled.value,
          alarm: next.event,
        };
      }
    }
  }

  for await (const group of liveFrames(source, { ...live, size: [height, width], most })) {
    yield* score(group.flatMap((frame) => clips.push(frame)));
  }
  yield* score(clips.end());
}
