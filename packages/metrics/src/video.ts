// Frames' scores in the videos that they come from, scaled video by video as the literature does.

import { splitByLabel } from './checks.ts';
import { metricError } from './errors.ts';

/** The frames of one video, in order. */
export interface Video {
  readonly name: string;
  /** One a frame, higher = more anomalous. */
  readonly scores: ArrayLike<number>;
  /** One a frame, 1 = anomaly, 0 = normal. */
  readonly labels: ArrayLike<number>;
}

/** Frames of many videos in one row of numbers. */
export interface Frames {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/**
 * Sorts frames into videos, which come in the order of their first frames.
 * @param names one a frame: the video it belongs to
 * @throws `METRIC_LENGTH_MISMATCH`
 */
export function groupByVideo(
  names: readonly string[],
  { scores, labels }: Pick<Video, 'scores' | 'labels'>,
): Video[] {
  if (names.length !== scores.length || names.length !== labels.length) {
    throw metricError(
      'METRIC_LENGTH_MISMATCH',
      `Each frame needs the name of its video, a score and a label, but ${names.length} names, ` +
        `${scores.length} scores and ${labels.length} labels came.`,
    );
  }
  const frames = new Map<string, { scores: number[]; labels: number[] }>();
  names.forEach((name, i) => {
    const video = frames.get(name) ?? { scores: [], labels: [] };
    frames.set(name, video);
    video.scores.push(scores[i] ?? NaN);
    video.labels.push(labels[i] ?? NaN);
  });
  return Array.from(frames, ([name, video]) => ({ name, ...video }));
}

/** All frames of all videos, in order. */
export function joinVideos(videos: readonly Video[]): Frames {
  const length = videos.reduce((sum, { scores }) => sum + scores.length, 0);
  const scores = new Float64Array(length);
  const labels = new Uint8Array(length);
  let at = 0;
  for (const video of videos) {
    scores.set(video.scores, at);
    labels.set(video.labels, at);
    at += video.scores.length;
  }
  return { scores, labels };
}

/**
 * Each video's scores on [0, 1]: (s − min) / (max − min) over that video, which is one minus the paper's
 * normality score. It needs the whole video, so it is no rule for a stream; see `startNormaliser`. A video
 * whose scores are all equal has nothing to scale by: its frames all get 0.
 */
export function normaliseVideos(videos: readonly Video[]): Video[] {
  return videos.map(({ name, scores, labels }) => {
    const { low, high } = rangeOf(scores);
    const spread = high - low || 1;
    return { name, scores: Float64Array.from(scores, (score) => (score - low) / spread), labels };
  });
}

/** The lowest and the highest score. */
export function rangeOf(scores: ArrayLike<number>): {
  readonly low: number;
  readonly high: number;
} {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < scores.length; i += 1) {
    const score = scores[i] ?? NaN;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  return { low, high };
}

/**
 * Refuses what cannot be measured, naming the video.
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_LENGTH_MISMATCH`, `METRIC_BAD_LABEL`
 */
export function requireVideos(videos: readonly Video[]): void {
  if (videos.length === 0) {
    throw metricError('METRIC_EMPTY', 'At least one video is needed, but none came.');
  }
  for (const { name, scores, labels } of videos) splitByLabel(scores, labels, `Video ${name}: `);
}
