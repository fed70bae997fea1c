// Clips of a stream, cut as its frames come: each frame gets the clip that it has in a file, once the frames after it that the
// clip needs are there. No more frames are kept than that takes, and no clip spans frames that are missing.

import { type Clips, leadOf, spanOf } from './clips.ts';

/** A frame at its place in the stream; where numbers are missing, so are frames. */
export interface StreamFrame {
  readonly index: number;
  /** Grey bytes, `height × width`, the same for all. */
  readonly pixels: Uint8Array;
}

/** The clip of a frame, `[frames, height, width]`. */
export interface StreamClip<F extends StreamFrame> {
  readonly frame: F;
  readonly samples: Uint8Array;
}

export interface ClipStream<F extends StreamFrame> {
  /** The clips that one more frame completes; after a gap also those before it, filled by the last frame there was. */
  push(frame: F): StreamClip<F>[];
  /** The clips that wait for frames which will not come, filled by the last one. */
  end(): StreamClip<F>[];
}

/** As `openClips` cuts with `ends: 'repeat'`: every frame has a clip, at its ends filled by the first or last frame. */
export function clipStream<F extends StreamFrame>(
  clips: Pick<Clips, 'frames' | 'dilation'>,
): ClipStream<F> {
  const whole: Clips = { ...clips, stride: 1, ends: 'repeat' };
  const lead = leadOf(whole);
  const ahead = spanOf(whole) - 1 - lead;
  /** Frames without a gap, as far back as clips to come need them. */
  let kept: F[] = [];
  /** Of these, the next to have its clip. */
  let next = 0;

  const cut = (): StreamClip<F>[] => {
    const frame = kept[next] as F;
    const size = frame.pixels.length;
    const samples = new Uint8Array(clips.frames * size);
    for (let i = 0; i < clips.frames; i += 1) {
      const at = Math.max(0, Math.min(next - lead + i * clips.dilation, kept.length - 1));
      samples.set(kept[at]?.pixels ?? [], i * size);
    }
    if (next === lead) kept.shift();
    else next += 1;
    return [{ frame, samples }];
  };
  const end = (): StreamClip<F>[] => {
    const last: StreamClip<F>[] = [];
    while (next < kept.length) last.push(...cut());
    [kept, next] = [[], 0];
    return last;
  };
  return {
    push: (frame) => {
      const before = kept.at(-1);
      const left = before !== undefined && frame.index !== before.index + 1 ? end() : [];
      kept.push(frame);
      return kept.length - next > ahead ? [...left, ...cut()] : left;
    },
    end,
  };
}
