// Why samples have their scores, on one page: where the reconstruction errs, which columns do, and what the memory made of them.

import type { Example, Examples } from '@memae/onnx';
import type { ColumnShare, Explanation, ItemUse, Value } from '@memae/scoring';
import { type Content, type Markup, html } from './html.ts';
import { commandLine, page } from './page.ts';
import { heatLegend, heatScale, pngPicture } from './picture.ts';
import { measured, percent, whole } from './words.ts';

/** Columns that are shown of a row. */
const shownColumns = 6;

/** An explained sample, and what was judged of it. */
export interface ExplainedSample extends Explanation {
  /** From 0 to 1, ½ at the threshold. */
  readonly normalised?: number | null;
  /** 1 above the threshold. */
  readonly label?: number | null;
}

export interface ExplanationsContext {
  /** What scored: the run. */
  readonly run: string;
  readonly method: string;
  /** Samples that were scored. */
  readonly samples: number;
  readonly threshold?: number | undefined;
  /** The lightest error. */
  readonly scale?: number | undefined;
  /** What the artifact keeps of the memory's items. */
  readonly examples?: Examples | undefined;
  /** What gives the page again. */
  readonly command: string;
}

/** The page as HTML, those first that came first. */
export function renderExplanations(
  explained: readonly ExplainedSample[],
  context: ExplanationsContext,
): string {
  const { run, method, samples, threshold, scale, examples, command } = context;
  const drawn = explained.some(({ pictures }) => pictures);
  const read = new Set(explained.flatMap(({ memory = [] }) => memory.map(({ item }) => item)));
  const line =
    threshold === undefined
      ? ''
      : ` Above ${measured(threshold)} a sample is flagged as anomalous.`;
  return page({
    title: 'Why these scores',
    lead: `The ${whole(explained.length)} highest scores of ${whole(samples)} samples, by ${run} (${method}).${line}`,
    body: html`<h2>Sample by sample</h2>
      <p>
        ${
          drawn
            ? 'The model draws each sample anew, as normal as it can; where it fails, the sample is odd. Light places are the largest errors.'
            : 'The model puts each row together anew, as normal as it can. A column’s share is its part of the error: numbers that stand for one column are summed.'
        }
      </p>
      ${drawn && scale !== undefined && scaleOf(scale)}
      <div class="scroll">
        <table class="explained">
          <thead>
            <tr>
              <th scope="col" class="rank">Sample</th>
              ${
                drawn &&
                ['Input', 'Errors over it', 'Reconstruction'].map(
                  (title) => html`<th scope="col" class="drawn">${title}</th>`,
                )
              }
              <th scope="col">
                ${drawn ? 'Put together from' : 'Columns, the largest error first'}
              </th>
            </tr>
          </thead>
          <tbody>
            ${explained.map((sample) => rowFor(sample, { drawn, examples }))}
          </tbody>
        </table>
      </div>
      ${examples && read.size > 0 && nearestSection(examples, read)}
      <h2>Again</h2>
      ${commandLine(command)}`,
  });
}

function scaleOf(scale: number): Markup {
  return html`<p class="scale">
    error 0 ${heatLegend(heatScale(scale), scale)} ${measured(scale)} and more
  </p>`;
}

function rowFor(
  sample: ExplainedSample,
  { drawn, examples }: { readonly drawn: boolean; readonly examples: Examples | undefined },
): Markup {
  const { key, score, normalised, label, pictures, columns, memory } = sample;
  const verdict = label === 1 ? 'flagged' : label === 0 ? 'passed' : '';
  return html`<tr>
    <th scope="row">
      ${key}<br /><b>${measured(score)}</b>
      ${typeof normalised === 'number' && html`(${normalised.toFixed(2)})`} ${verdict}
    </th>
    ${
      drawn &&
      html`<td>${pictures && pngPicture(pictures.sample, `The sample ${key}`)}</td>
        <td>${pictures && pngPicture(pictures.overlay, 'Its errors')}</td>
        <td>${pictures && pngPicture(pictures.reconstruction, 'Its reconstruction')}</td>`
    }
    <td>${columns && columnTable(columns)} ${memory && readings(memory, { drawn, examples })}</td>
  </tr>`;
}

function columnTable(columns: readonly ColumnShare[]): Markup {
  return html`<table class="columns">
    <thead>
      <tr>
        <th scope="col">column</th>
        <th scope="col">is</th>
        <th scope="col">expected</th>
        <th scope="col" colspan="2">share of the error</th>
      </tr>
    </thead>
    <tbody>
      ${columns.slice(0, shownColumns).map(
        ({ name, value, expected, share }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${words(value)}</td>
            <td>${words(expected)}</td>
            <td>${percent(share)}</td>
            <td><i style="width:${Math.round(100 * share)}%"></i></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function readings(
  memory: readonly ItemUse[],
  { drawn, examples }: { readonly drawn: boolean; readonly examples: Examples | undefined },
): Markup {
  if (memory.length === 0) {
    return html`<p class="note">No memory item is near enough to be read.</p>`;
  }
  return drawn ? mixOf(memory, examples) : readingOf(memory);
}

/** Pictures of the items read: decoded, or the part of a training sample that stands for each. */
function mixOf(memory: readonly ItemUse[], examples: Examples | undefined): Markup {
  return html`<div class="mix">
    ${memory.map(({ item, weight }) => {
      const kept = examples?.items.find((each) => each.item === item);
      const shown = kept?.decoded ?? examples?.training[kept?.nearest[0] ?? -1];
      return html`<span
        >${pictureOf(shown, `Memory item ${item}`)}#${item}<br />${share(weight)}</span
      >`;
    })}
  </div>`;
}

function readingOf(memory: readonly ItemUse[]): Markup {
  const items = memory.map(({ item, weight }) => `#${item} ${share(weight)}`);
  return html`<p class="note">Memory items: ${items.join(', ')}</p>`;
}

function nearestSection({ items, training }: Examples, read: ReadonlySet<number>): Markup {
  const kept = items.filter(({ item }) => read.has(item));
  const decoded = kept.some((item) => item.decoded);
  return html`<h2>What these memory items are</h2>
    <p>
      ${
        decoded
          ? 'Each item decoded alone, and the training samples that read it the most.'
          : 'The parts of training samples that read each item the most: an item stands for one position, not for a whole picture.'
      }
    </p>
    <div class="nearest">
      ${kept.map(({ item, use, decoded: alone, nearest }) => {
        const samples = nearest.flatMap((place) => training[place] ?? []);
        return html`<section>
          <h3>#${item}, ${share(use)} of all readings</h3>
          <div>
            ${pictureOf(alone, `Item ${item}, decoded`)}
            ${samples.map((sample) => pictureOf(sample, `Training sample ${sample.key}`))}
          </div>
          ${alone?.values && html`<p class="note">decoded: ${listOf(alone)}</p>`}
          <ul class="note">
            ${samples.map((sample) => html`<li>${sample.key}${sample.values && `: ${listOf(sample)}`}</li>`)}
          </ul>
        </section>`;
      })}
    </div>`;
}

function pictureOf(example: Example | undefined, alt: string): Content {
  const [png] = example?.pictures ?? [];
  return png !== undefined && pngPicture(png, alt);
}

function listOf({ values = [] }: Example): string {
  const shown = values.slice(0, shownColumns).map(([name, value]) => `${name} ${words(value)}`);
  return shown.join(', ') + (values.length > shownColumns ? ', …' : '');
}

function words(value: Value): string {
  if (value === null) return '—';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}

function share(weight: number): string {
  return percent(weight, weight < 0.01 ? 2 : 0);
}
