// The size that pictures and frames of one's own come to where none was said and they ask for one.

import {
  type SuitedSize,
  knownVideos,
  modalityOf,
  suitedSize,
  suitedVideoSize,
} from '@memae/datasets';
import type { CliContext } from './context.ts';
import { type DataRequest, ffmpegOf, isPictureFolder } from './data-source.ts';
import type { Progress } from './progress.ts';

type SizeRequest = Pick<DataRequest, 'data' | 'normal' | 'size' | 'dataOptions'>;

/**
 * A request with a size, which is told, for pictures of several sizes or large ones and for large frames; else as it is.
 * @throws as `modalityOf`, `suitedSize` and `suitedVideoSize`
 */
export async function withSuitedSize<Request extends SizeRequest>(
  request: Request,
  context: CliContext,
  { note }: Pick<Progress, 'note'>,
): Promise<Request> {
  if (request.size !== null || request.dataOptions.tile !== undefined) return request;
  const modality = await modalityOf(request.data, request.dataOptions);
  if (modality === 'tabular') return request;
  const suited = await (modality === 'image' ? ofPictures : ofFrames)(request, context);
  if (suited === undefined) return request;
  const what = { image: 'pictures', video: 'frames' }[modality];
  note(
    `The ${what} are ${suited.found}; they come to ${suited.size.join('×')}. --size says otherwise.`,
  );
  return { ...request, size: suited.size };
}

async function ofPictures(
  { data, normal, dataOptions: { layout } }: SizeRequest,
  { signal }: CliContext,
): Promise<SuitedSize | undefined> {
  if (!isPictureFolder(data)) return undefined;
  return suitedSize(data, { layout, normal: normal ?? undefined, signal });
}

async function ofFrames(
  { data }: SizeRequest,
  context: CliContext,
): Promise<SuitedSize | undefined> {
  if (knownVideos.includes(data)) return undefined;
  return suitedVideoSize(data, { signal: context.signal, ...ffmpegOf(context) });
}
