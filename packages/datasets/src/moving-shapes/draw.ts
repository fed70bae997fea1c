// Draws a scene: each mover over a still background, its edge as soft as a pixel, a little noise over all; and the mask
// of what is odd.

import type { Random } from '@memae/graph';
import type { Mover } from './scene.ts';

export interface DrawOptions {
  readonly size: readonly [height: number, width: number];
  readonly frames: number;
  readonly random: Random;
}

export interface Drawn {
  /** `frames × height × width`. */
  readonly pixels: Uint8Array;
  /** Likewise: 1 where something odd covers most of the pixel. */
  readonly masks: Uint8Array;
  /** `[frames]`: 1 where the mask is not empty. */
  readonly labels: Uint8Array;
}

/** Draws so many frames of the movers. */
export function drawVideo(movers: readonly Mover[], options: DrawOptions): Drawn {
  const { size, frames, random } = options;
  const [height, width] = size;
  const area = height * width;
  const still = background(size);
  const pixels = new Uint8Array(frames * area);
  const masks = new Uint8Array(frames * area);
  for (let frame = 0; frame < frames; frame += 1) {
    const canvas = Float64Array.from(still);
    const mask = masks.subarray(frame * area, (frame + 1) * area);
    for (const mover of movers) {
      cover(mover, { frame, size }, (pixel, share) => {
        canvas[pixel] = (1 - share) * (canvas[pixel] ?? 0) + share * mover.grey;
        if (mover.odd && share > 0.5) mask[pixel] = 1;
      });
    }
    pixels.set(
      canvas.map((grey) => Math.max(0, Math.min(255, Math.round(grey + 2 * random.normal())))),
      frame * area,
    );
  }
  const labels = Uint8Array.from({ length: frames }, (_, frame) =>
    masks.subarray(frame * area, (frame + 1) * area).includes(1) ? 1 : 0,
  );
  return { pixels, masks, labels };
}

/** Tells each pixel that a mover touches, and the share of it that is covered. */
function cover(
  { shape, radius, place }: Mover,
  { frame, size: [height, width] }: { readonly frame: number; readonly size: DrawOptions['size'] },
  touch: (pixel: number, share: number) => void,
): void {
  const centre = place(frame);
  const [x, y, reach] = [centre.x * height, centre.y * height, radius * height];
  const from = (middle: number): number => Math.max(0, Math.floor(middle - reach - 1));
  const to = (middle: number, end: number): number => Math.min(end, Math.ceil(middle + reach + 1));
  for (let row = from(y); row < to(y, height); row += 1) {
    for (let column = from(x); column < to(x, width); column += 1) {
      const [right, down] = [Math.abs(column + 0.5 - x), Math.abs(row + 0.5 - y)];
      const distance = (shape === 'disc' ? Math.hypot(right, down) : Math.max(right, down)) - reach;
      const share = Math.max(0, Math.min(1, 0.5 - distance));
      if (share > 0) touch(row * width + column, share);
    }
  }
}

/** Dark lanes with something lighter between them; the same in every video, as a fixed camera sees it. */
function background([height, width]: DrawOptions['size']): Float64Array {
  return Float64Array.from({ length: height * width }, (_, pixel) => {
    const down = (Math.floor(pixel / width) + 0.5) / height;
    const across = ((pixel % width) + 0.5) / width;
    return 60 - 18 * Math.cos(10 * Math.PI * down) + 8 * across;
  });
}
