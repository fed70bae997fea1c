// The drawn textures as files, laid out as MVTec AD: for a look at them, and to see how one's own folder has to be.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { orUnwritable } from '../or-unwritable.ts';
import { textureNames } from './surface.ts';
import { type TexturesOptions, drawTexture } from './textures.ts';

/**
 * Writes PNG files to `<folder>/<texture>/train/good`, `test/<kind>` and `ground_truth/<kind>`.
 * @returns how many pictures, without masks
 * @throws as `drawTexture`; `DATASET_UNWRITABLE`
 */
export async function writeTextures(
  folder: string,
  { size = [64, 64], signal, ...options }: TexturesOptions & { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const { default: sharp } = await import('sharp');
  const [height, width] = size;
  const write = async (path: string, grey: Uint8Array): Promise<void> => {
    const picture = sharp(grey, { raw: { height, width, channels: 1 } });
    const bytes = await picture.toColourspace('b-w').png().toBuffer();
    await orUnwritable(path, 'Make room, or name another folder.', async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    });
  };
  let count = 0;
  for (const texture of textureNames) {
    for (const { key, pixels, marked, mask } of drawTexture(texture, { ...options, size })) {
      signal?.throwIfAborted();
      await write(join(folder, texture, key), pixels);
      if (mask !== undefined) {
        await write(
          join(folder, texture, mask),
          marked.map((value) => 255 * value),
        );
      }
      count += 1;
    }
  }
  return count;
}
