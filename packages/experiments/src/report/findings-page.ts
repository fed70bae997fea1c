// The findings as a page.

import { mainMeasureOf } from '../trials/measures.ts';
import type { CaseGallery } from '../reproduce/gallery.ts';
import type { DataFindings, Findings } from '../reproduce/findings.ts';
import { numbering } from './figure.ts';
import { galleryFigures } from './figures/gallery.ts';
import { memorySizeFigure } from './figures/memory-size.ts';
import { type Fact, notesOf, partFacts, runFacts } from './findings-facts.ts';
import { type WordTable, caseTable, decimal, memoryTable, resultTable } from './findings-tables.ts';
import { type Content, type Markup, html } from './html.ts';
import { commandLine, page } from './page.ts';
import { factsTable } from './tables.ts';

/** The same findings and galleries give the same bytes. */
export function findingsPage(
  findings: Findings,
  galleries: ReadonlyMap<DataFindings, readonly CaseGallery[]>,
): string {
  const { experiment, parts, commands } = findings;
  const numbered = numbering();
  return page({
    title: experiment.title,
    lead: parts.map(summary),
    body: [
      html`<p>${experiment.about}</p>`,
      parts.map((part) => {
        const tables = [resultTable(part), memoryTable(part), caseTable(part)];
        const sizes = memorySizeFigure(part);
        return html`<h2>${part.title}</h2>
          ${tables.map((table) => table && wordTable(table))}
          <dl class="measures">
            ${part.measures.map(
              ({ title, about }) =>
                html`<dt>${title}</dt>
                  <dd>${about}</dd>`,
            )}
          </dl>
          ${sizes && numbered(sizes)}
          ${galleryFigures(part, galleries.get(part) ?? []).map(numbered)}
          ${facts('What was run.', partFacts(part))}`;
      }),
      html`<h2>How to repeat this</h2>
        ${notesOf(findings).map((note) => html`<p>${note}</p>`)}
        <p>Trials that are finished are not run again; one that was stopped goes on.</p>
        ${commands.map(commandLine)} ${facts('What ran it.', runFacts(findings))}`,
    ],
  });
}

/** The method under study beside the paper and the baseline, in a sentence. */
function summary({ title, modality, methods }: DataFindings): Content {
  const measure = mainMeasureOf(modality);
  const ours = methods.filter(({ trials }) => trials > 0);
  const [study, baseline] = [ours.at(-1), ours[0]];
  const figure = study?.figures[measure.id];
  if (study === undefined || figure === undefined) return undefined;
  const published = study.published?.figures[measure.id];
  const other = baseline === study ? undefined : baseline?.figures[measure.id];
  return html`${title}: ${study.label} reaches <b>${decimal(figure.mean)}</b>
    (${measure.title})${published !== undefined && html`, the paper’s ${decimal(published)}`}${
      other && html`; ${baseline?.label}, on the same budget, ${decimal(other.mean)}`
    }. `;
}

function wordTable({ caption, head, rows }: WordTable): Markup {
  return html`<div class="scroll">
    <table class="merit wide">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, cells, study = false }) =>
            html`<tr ${study && html`class="study"`}>
              <th scope="row">${name}</th>
              ${cells.map((text) => html`<td>${text}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function facts(caption: string, all: readonly Fact[]): Markup {
  return factsTable(caption, all);
}
