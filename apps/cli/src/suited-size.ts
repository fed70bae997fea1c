// The size that a folder of pictures comes to where none was said and the pictures ask for one.

import { modalityOf, suitedSize } from '@memae/datasets';
import type { CliContext } from './context.ts';
import { type DataRequest, isPictureFolder } from './data-source.ts';
import type { Progress } from './progress.ts';

/**
 * A request with a size, which is told, for pictures of several sizes or large ones; else as it is.
 * @throws as `modalityOf` and `suitedSize`
 */
export async function withSuitedSize<
  Request extends Pick<DataRequest, 'data' | 'normal' | 'size' | 'dataOptions'>,
>(request: Request, { signal }: CliContext, { note }: Pick<Progress, 'note'>): Promise<Request> {
  const { data, normal, size, dataOptions } = request;
  const { layout, tile } = dataOptions;
  if (size !== null || tile !== undefined) return request;
  if ((await modalityOf(data, dataOptions)) !== 'image' || !isPictureFolder(data)) return request;
  const suited = await suitedSize(data, { layout, normal: normal ?? undefined, signal });
  if (suited === undefined) return request;
  note(
    `The pictures are ${suited.found}; they come to ${suited.size.join('×')}. --size says otherwise.`,
  );
  return { ...request, size: suited.size };
}
