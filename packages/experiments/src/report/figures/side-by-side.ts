// The paper's figures 4 and 6: samples, what each method draws of them, and where it errs; of a clip, its
// middle frame.

import { ndarray } from '@memae/graph';
import type { CaseGallery } from '../../reproduce/gallery.ts';
import type { Picture } from '../../trials/pictures.ts';
import { middleFrame } from '../../trials/videos.ts';
import type { Figure } from '../figure.ts';
import { type Markup, html } from '../html.ts';
import {
  type Heat,
  heatLegend,
  heatPicture,
  heatScale,
  largestError,
  picture,
} from '../picture.ts';
import { measured } from '../words.ts';

/** Samples of each kind in all, over the cases. */
const shown = 10;

/** A sample with one picture of it by each method. */
interface Row {
  readonly case: string;
  readonly views: readonly { readonly label: string; readonly picture: Picture }[];
}

/** Normal and anomalous samples, some of each case; nothing where no trial left pictures. */
export function sideBySideFigure(galleries: readonly CaseGallery[]): Figure | undefined {
  const rows = galleries.flatMap(rowsOf);
  if (rows.length === 0) return undefined;
  const errors = rows.flatMap(({ views }) =>
    views.flatMap((view) => (view.picture.errorMap ? [middleFrame(view.picture.errorMap)] : [])),
  );
  const max = largestError(errors);
  const heat = heatScale(max);
  const labels = [...new Set(rows.flatMap(({ views }) => views.map(({ label }) => label)))];
  const groups = ['Normal', 'Anomalous'].map((title, label) =>
    panel(title, {
      rows: spread(rows.filter(({ views }) => views[0]?.picture.label === label)).slice(0, shown),
      labels,
      heat,
    }),
  );
  const masks = rows.some(({ views }) => views[0]?.picture.mask !== undefined);
  return {
    caption:
      'Samples drawn at random from the test set; beside each, for each method, its reconstruction and its error ' +
      `map (the paper’s Figures 4 and 6)${masks ? ', and which pixels are anomalous' : ''}. Numbers are scores.`,
    body: html`<div class="panels ${labels.length > 2 ? 'one' : ''}">${groups}</div>
      <p class="scale">error 0 ${heatLegend(heat, max)} ${measured(max)}</p>`,
  };
}

function rowsOf({ case: of, exhibits }: CaseGallery): Row[] {
  const [first] = exhibits;
  return (first?.pictures.pictures ?? []).map(({ key }) => ({
    case: of,
    views: exhibits.flatMap(({ label, pictures }) => {
      const found = pictures.pictures.find((other) => other.key === key);
      return found === undefined ? [] : [{ label, picture: found }];
    }),
  }));
}

/** One of each case first, then the second of each. */
function spread(rows: readonly Row[]): Row[] {
  const seen = new Map<string, number>();
  return rows
    .map((row) => {
      const turn = seen.get(row.case) ?? 0;
      seen.set(row.case, turn + 1);
      return { row, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ row }) => row);
}

function panel(
  title: string,
  {
    rows,
    labels,
    heat,
  }: { readonly rows: readonly Row[]; readonly labels: readonly string[]; readonly heat: Heat },
): Markup {
  const masks = rows.some(({ views }) => views[0]?.picture.mask !== undefined);
  const first = masks ? 2 : 1;
  const columns = 2 * labels.length + first;
  const width = ((100 / columns - 1) * first).toFixed(1);
  return html`<div class="scroll">
    <table class="examples wide" style="min-width:${3 * columns}rem">
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col" style="width:${width}%">Input${masks && ' and mask'}</th>
          ${labels.map((label) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ views, case: of }) =>
            html`<tr>
              <th scope="row">
                ${views[0] && inputOf(views[0].picture, masks)}
                <span class="class">${views[0]?.picture.class ?? of}</span>
              </th>
              ${labels.map((label) => {
                const view = views.find((one) => one.label === label);
                return html`<td>${view && viewOf(view.picture, { label, heat })}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function viewOf(
  { key, reconstruction, errorMap, score }: Picture,
  { label, heat }: { readonly label: string; readonly heat: Heat },
): Markup {
  return html`<div class="pair">
      ${reconstruction && picture(middleFrame(reconstruction), `Reconstruction of ${key} by ${label}`)}
      ${
        errorMap &&
        heatPicture(middleFrame(errorMap), {
          heat,
          alt: `Error of the reconstruction of ${key} by ${label}`,
        })
      }
    </div>
    <p class="verdict">${measured(score)}</p>`;
}

/** The sample, and where others have a mask, room for its own. */
function inputOf({ sample, mask, key }: Picture, masks: boolean): Markup {
  const input = picture(middleFrame(sample), `Test sample ${key}`);
  if (!masks) return input;
  const marked = mask && ndarray(mask.data, [1, ...mask.shape]);
  return html`<div class="pair">
    ${input} ${marked && picture(marked, `Anomalous pixels of ${key}`)}
  </div>`;
}
