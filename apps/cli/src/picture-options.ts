// Options of folders of pictures, as @memae/datasets takes them.

import type { OpenSplitOptions } from '@memae/datasets';
import type { DataOptions } from './data-options.ts';
import { cliError } from './error.ts';

type PictureOptions = Pick<
  DataOptions,
  'layout' | 'fit' | 'strict' | 'tile' | 'overlap' | 'tileScore'
>;

/**
 * Nothing where none was given.
 * @throws `CLI_USAGE` for an option of tiles without their size
 */
export function asPictures({
  tile,
  overlap,
  tileScore,
  ...options
}: PictureOptions): Pick<OpenSplitOptions, 'pictures'> {
  if (tile === undefined && (overlap !== undefined || tileScore !== undefined)) {
    throw cliError(
      'CLI_USAGE',
      `The data option ${overlap === undefined ? 'tileScore' : 'overlap'} is for tiles: say how large they are by ` +
        '--data-option tile=64.',
    );
  }
  const pictures = {
    ...options,
    ...(tile !== undefined && {
      tiling: {
        tile,
        ...(overlap !== undefined && { overlap }),
        ...(tileScore !== undefined && { score: tileScore }),
      },
    }),
  };
  return Object.keys(pictures).length === 0 ? {} : { pictures };
}
