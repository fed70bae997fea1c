// A model of pictures.

import { DropZone } from './drop-zone.tsx';
import { pictureAddress } from './example-picture.tsx';
import { FilesView } from './files-view.tsx';
import { SampleStrip } from './sample-strip.tsx';
import { scoreFiles } from './score.ts';
import { useScoring } from './use-scoring.ts';
import type { ViewProps } from './view.ts';

export function PicturesView(view: ViewProps) {
  const { model } = view;
  const scoring = useScoring();
  const [, , height = '', width = ''] = model.input.dims;
  const score = (files: readonly File[]): void => {
    scoring.start((tell) => scoreFiles(model, files, tell));
  };
  const scoreSample = (index: number): void => {
    scoring.start(async function* (tell) {
      const answer = await fetch(pictureAddress({ model, kind: 'samples', index }, 0), tell);
      const key = model.examples.samples[index]?.key ?? `sample ${index}`;
      const file = new File([await answer.blob()], key, { type: 'image/png' });
      yield* scoreFiles(model, [file], tell);
    });
  };
  return (
    <FilesView {...view} noun="picture" scoring={scoring}>
      <DropZone
        what="pictures"
        accept="image/*"
        multiple
        hint={
          'PNG, JPEG and the like, one or many; each is ' +
          (model.tile === null ? 'resized to' : 'scored whole, in tiles of') +
          ` ${width} × ${height}.`
        }
        onFiles={score}
      />
      <SampleStrip {...{ model }} onSample={scoreSample} />
    </FilesView>
  );
}
