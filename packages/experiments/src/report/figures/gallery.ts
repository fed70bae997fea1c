// What trials left to be looked at, as the paper's figures 3 to 6.

import type { DataFindings } from '../../reproduce/findings.ts';
import type { CaseGallery } from '../../reproduce/gallery.ts';
import type { Figure } from '../figure.ts';
import { addressingFigure } from './addressing.ts';
import { itemsFigure } from './memory.ts';
import { normalityFigure } from './normality.ts';
import { sideBySideFigure } from './side-by-side.ts';

/** The figures that the galleries have pictures and scores for. */
export function galleryFigures(
  { modality }: DataFindings,
  galleries: readonly CaseGallery[],
): Figure[] {
  const items = galleries.flatMap((gallery) =>
    gallery.exhibits.flatMap(({ method, label, pictures }) =>
      pictures.items && pictures.use
        ? [
            {
              method,
              label: gallery.case === '' ? label : `${label}, “${gallery.case}” being normal`,
              memory: { items: pictures.items, use: pictures.use.data },
            },
          ]
        : [],
    ),
  );
  const [study] = items.filter(({ method }) => method === items.at(-1)?.method);
  const found = [
    modality === 'tabular' ? undefined : sideBySideFigure(galleries),
    modality === 'image' && study ? itemsFigure(study) : undefined,
    modality === 'video' ? normalityFigure(galleries) : undefined,
    addressingFigure(galleries),
  ];
  return found.filter((figure) => figure !== undefined);
}
