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
  const [first] = galleries;
  const study = first?.exhibits.findLast(({ pictures }) => pictures.items && pictures.use);
  const { items, use } = study?.pictures ?? {};
  const found = [
    modality === 'tabular' ? undefined : sideBySideFigure(galleries),
    modality === 'image' && study && items && use
      ? itemsFigure({
          label: `${study.label}, “${first?.case ?? ''}” being normal`,
          memory: { items, use: use.data },
        })
      : undefined,
    modality === 'video' ? normalityFigure(galleries) : undefined,
    addressingFigure(galleries),
  ];
  return found.filter((figure) => figure !== undefined);
}
