// `moving-shapes` as a data set: always the same videos, drawn by the package, for use with no network.

import { type Random, createRandom, ndarray } from '@memae/graph';
import { datasetError } from '../error.ts';
import type { TestVideo } from '../video/video.ts';
import type { VideoSource } from '../video/video-split.ts';
import { drawVideo } from './draw.ts';
import { type Oddity, drawScene, oddities } from './scene.ts';

export interface MovingShapesOptions {
  /** By default 32 × 32. */
  readonly size?: readonly [height: number, width: number];
  /** Of each video; by default 60. */
  readonly frames?: number;
  /** Videos to learn from; by default 8. */
  readonly training?: number;
  /** Videos to test on; by default 6. */
  readonly testing?: number;
  /** By default always the same. */
  readonly random?: Random;
}

/**
 * Draws videos. In each test video, one mover is odd from some frame on until it has left: by its shape, its pace, its
 * path across the lanes, or its way along one, in turn. Its pixels are the masks.
 * @throws `DATASET_BAD_OPTION` for numbers that are not whole, or frames under 16 pixels.
 */
export function movingShapes(options: MovingShapesOptions = {}): VideoSource {
  const { size = [32, 32], frames = 60, training = 8, testing = 6 } = options;
  const { random = createRandom(1) } = options;
  const [height, width] = size;
  for (const [what, value, least] of [
    ['The height of frames', height, 16],
    ['The width of frames', width, 16],
    ['frames', frames, 1],
    ['training', training, 1],
    ['testing', testing, 1],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${what}: a whole number from ${least} was expected, but ${value} came.`,
    );
  }
  const video = (name: string, oddity?: Oddity): TestVideo => {
    const stream = random.fork(name);
    const scene = drawScene({
      width: width / height,
      frames,
      random: stream.fork('scene'),
      ...(oddity === undefined ? {} : { oddity }),
    });
    const { pixels, masks, labels } = drawVideo(scene, {
      size,
      frames,
      random: stream.fork('noise'),
    });
    const shape = [frames, height, width];
    return {
      name,
      frames,
      labels,
      read: () => Promise.resolve(ndarray(pixels, shape)),
      masks: () => Promise.resolve(ndarray(masks, shape)),
    };
  };
  const named = (kind: string, index: number): string =>
    `${kind}${String(index + 1).padStart(2, '0')}`;
  return {
    name: 'moving-shapes',
    edition: '',
    size,
    training: Array.from({ length: training }, (_, i) => video(named('train', i))),
    testing: Array.from({ length: testing }, (_, i) =>
      video(named('test', i), oddities[i % oddities.length]),
    ),
  };
}
