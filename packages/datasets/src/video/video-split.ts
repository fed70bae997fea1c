// What a protocol makes of videos: the normal ones, some of them held out whole, and the test videos with their labels.

import type { Random } from '@memae/graph';
import { type Stretch, clipDataset, clipTestSet, whole } from './clip-dataset.ts';
import { type ClipOptions, type Clips, clipsOf, spanOf } from './clips.ts';
import { datasetError } from '../error.ts';
import type { TestVideo, Video, VideoSplit } from './video.ts';

export interface VideoSplitOptions extends Omit<ClipOptions, 'ends'> {
  /** From one test clip to the next, in frames; by default 1. */
  readonly testStride?: number;
  /** What becomes of the first and last frames of test videos; by default `trim`. Clips to learn from are always whole. */
  readonly ends?: ClipOptions['ends'];
  /** Share of the training frames held out for validation, in (0, 1); by default 0.1. */
  readonly validationShare?: number;
  /** Draws the videos held out. */
  readonly random: Random;
}

/** Videos, before any of them is held out. */
export interface VideoSource {
  /** The data set; begins the keys. */
  readonly name: string;
  /** Which labels and which edition, where there are several; goes into the protocol. */
  readonly edition: string;
  /** What was found, in a line, where that was not known before. */
  readonly description?: string;
  readonly size: readonly [height: number, width: number];
  readonly training: readonly Video[];
  readonly testing: readonly TestVideo[];
}

/** How test clips are cut. */
export function testClipsOf({ testStride = 1, ends, frames, dilation }: ClipChoice): Clips {
  return clipsOf({
    stride: testStride,
    ...(ends !== undefined && { ends }),
    ...(frames !== undefined && { frames }),
    ...(dilation !== undefined && { dilation }),
  });
}

type ClipChoice = Pick<VideoSplitOptions, 'testStride' | 'ends' | 'frames' | 'dilation'>;

/**
 * Cuts clips; holds out whole training videos, drawn until about a tenth of the frames is held out (where all are too long
 * for it, the shortest), or of a single training video its end.
 * @throws `DATASET_EMPTY` for no videos or too short ones, `DATASET_BAD_OPTION`.
 */
export function videoSplit(source: VideoSource, options: VideoSplitOptions): VideoSplit {
  const { name, size, training, testing } = source;
  const { random, validationShare = 0.1, frames, dilation, stride } = options;
  if (!(validationShare > 0 && validationShare < 1)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `validationShare is a share between 0 and 1, but ${validationShare} came; 0.1 means 10 %.`,
    );
  }
  if (training.length === 0)
    throw datasetError('DATASET_EMPTY', `${name}: no training videos came.`);
  const learned = clipsOf({
    ...(frames !== undefined && { frames }),
    ...(dilation !== undefined && { dilation }),
    ...(stride !== undefined && { stride }),
    ends: 'trim',
  });
  const tested = testClipsOf(options);
  const share = { share: validationShare, span: spanOf(learned), random };
  const { kept, held, which } =
    training.length === 1 ? holdEnd(training, share) : hold(training, share);
  const part = { prefix: name, size };
  return {
    name,
    ...(source.description !== undefined && { description: source.description }),
    protocol:
      `${[source.edition, `frames of ${size.join('×')}`].filter((text) => text !== '').join(', ')}; clips of ` +
      `${learned.frames} frames every ${learned.stride} to learn from, every ${tested.stride} to test, ` +
      `${tested.ends === 'trim' ? 'frames at the ends without one' : 'ends repeated'}; validation: ${which}`,
    train: clipDataset({ ...part, name: `${name} train`, stretches: kept, clips: learned }),
    validation: clipDataset({
      ...part,
      name: `${name} validation`,
      stretches: held,
      clips: learned,
    }),
    test: clipTestSet({
      ...part,
      name: `${name} test`,
      stretches: testing.map(whole),
      clips: tested,
    }),
  };
}

interface Held {
  readonly kept: readonly Stretch[];
  readonly held: readonly Stretch[];
  /** In words. */
  readonly which: string;
}

function hold(
  videos: readonly Video[],
  {
    share,
    span,
    random,
  }: { readonly share: number; readonly span: number; readonly random: Random },
): Held {
  const wanted = share * videos.reduce((sum, { frames }) => sum + frames, 0);
  const drawn = new Set<Video>();
  const order = Array.from(
    random.fork('validation').permutation(videos.length),
    (index) => videos[index] as Video,
  );
  let frames = 0;
  for (const video of order) {
    // The one that would carry further past the share than it now falls short is left in.
    const more = video.frames;
    if (drawn.size === videos.length - 1) continue;
    if (frames + more - wanted > wanted - frames) continue;
    drawn.add(video);
    frames += more;
  }
  // All are longer than twice the share: the shortest with a clip.
  if (drawn.size === 0) {
    const [shortest] = order
      .filter((video) => video.frames >= span)
      .sort((a, b) => a.frames - b.frames);
    drawn.add(shortest ?? (order[0] as Video));
  }
  const held = videos.filter((video) => drawn.has(video));
  return {
    kept: videos.filter((video) => !drawn.has(video)).map(whole),
    held: held.map(whole),
    which: `the training videos ${inWords(held.map(({ name }) => name))}`,
  };
}

/** The first eight of them, where there are many. */
function inWords(names: readonly string[]): string {
  const left = names.length - 8;
  return names.slice(0, 8).join(', ') + (left > 0 ? ` and ${left} others, drawn by the seed` : '');
}

function holdEnd(
  [video]: readonly Video[],
  { share, span }: { readonly share: number; readonly span: number },
): Held {
  if (video === undefined) return { kept: [], held: [], which: '' };
  if (video.frames < 2 * span) {
    throw datasetError(
      'DATASET_EMPTY',
      `The only video to learn from, ${video.name}: ${2 * span} frames at least were expected, for a clip of ${span} to learn from ` +
        `and one to hold out, but there are ${video.frames}. Give more, or ask for clips of fewer frames (--data-option frames=8).`,
    );
  }
  // One whole clip at least, and no frame in clips of both.
  const from = Math.max(0, video.frames - Math.max(span, Math.round(share * video.frames)));
  return {
    kept: [{ video, from: 0, to: from }],
    held: [{ video, from, to: video.frames }],
    which: `frames ${from} to ${video.frames - 1} of the only training video, ${video.name}`,
  };
}
