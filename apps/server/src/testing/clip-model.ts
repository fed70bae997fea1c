// For tests: a model of clips that scores how bright they are, with a sample to play. Trained by nobody, so that its scores are known.

import { cast, input, mean } from '@memae/graph';
import type { Examples } from '@memae/onnx';
import sharp from 'sharp';
import { writeModel } from './written-model.ts';

export const clipFrames = 4;

/** A grey frame of 8 × 8, as PNG. */
export function greyFrame(brightness: number): Promise<Buffer> {
  const data = new Uint8Array(64).fill(brightness);
  return sharp(data, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toBuffer();
}

/** Its score is the mean brightness of four frames, its threshold 100. */
export async function writeClipModel(
  folder: string,
  brightness: readonly number[] = [],
): Promise<void> {
  const clips = input('samples', ['batch', 1, clipFrames, 8, 8], 'uint8');
  const score = mean(cast(clips, 'float32'), { axes: [1, 2, 3, 4] });
  const frames = await Promise.all(brightness.map(greyFrame));
  const examples: Examples = {
    typicalError: 0,
    ...{ training: [], items: [] },
    samples: [{ key: 'dusk', pictures: frames.map((png) => png.toString('base64')) }],
  };
  await writeModel(folder, {
    samples: clips,
    outputs: { score },
    preparation: { kind: 'clips', dilation: 1 },
    threshold: 100,
    ...(frames.length > 0 && { examples }),
  });
}
