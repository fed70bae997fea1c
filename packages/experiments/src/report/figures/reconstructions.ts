// The paper's figure 4: what each method draws for normal and for anomalous samples, and where it errs.

import type { Comparison, Example, View } from '../../compare/comparison.ts';
import type { Figure } from '../figure.ts';
import { type Content, type Markup, html } from '../html.ts';
import {
  type Heat,
  heatLegend,
  heatPicture,
  heatScale,
  largestError,
  picture,
} from '../picture.ts';
import { measured, subjectOf } from '../words.ts';

/** Samples drawn at random. */
export function reconstructionFigure(comparison: Comparison): Figure {
  const examples = comparison.examples.filter(({ hardestFor }) => hardestFor === null);
  return exampleFigure(comparison, {
    examples,
    caption:
      'Samples drawn at random from the test set; for each method its reconstruction and, beside it, where ' +
      'it errs: the more errors, the higher the score below. A score above the method’s threshold is flagged.',
  });
}

/** Normal samples with the highest scores of a method, and anomalies with the lowest. */
export function mistakesFigures(comparison: Comparison): Figure[] {
  return comparison.methods.map(({ id, label }) =>
    exampleFigure(comparison, {
      examples: comparison.examples.filter(({ hardestFor }) => hardestFor === id),
      caption: `What ${label} judges worst in the whole test set: the normal samples with the highest scores, and the anomalies with the lowest.`,
    }),
  );
}

function exampleFigure(
  comparison: Comparison,
  { examples, caption }: { readonly examples: readonly Example[]; readonly caption: Content },
): Figure {
  const max = largestError(
    comparison.examples.flatMap(({ views }) => views.flatMap(({ errorMap }) => errorMap ?? [])),
  );
  const heat = heatScale(max);
  const { normal, others } = subjectOf(comparison.data);
  const groups = [
    { label: 0, title: html`Normal: ${normal}` },
    { label: 1, title: html`Anomalous: ${others}` },
  ];
  return {
    caption,
    body: html`<div class="panels">
        ${groups.map(({ label, title }) =>
          table(comparison, {
            title,
            examples: examples.filter((example) => example.label === label),
            heat,
          }),
        )}
      </div>
      <p class="scale">squared error 0 ${heatLegend(heat, max)} ${measured(max)}</p>`,
  };
}

function table(
  { methods }: Comparison,
  {
    title,
    examples,
    heat,
  }: { readonly title: Markup; readonly examples: readonly Example[]; readonly heat: Heat },
): Markup {
  // Each method has two pictures a row, the input is one: all come to the same size.
  const inputWidth = (100 / (2 * methods.length + 1) - 1).toFixed(1);
  return html`<table class="examples">
    <caption>
      ${title}
    </caption>
    <thead>
      <tr>
        <th scope="col" style="width:${inputWidth}%">Input</th>
        ${methods.map((method) => html`<th scope="col">${method.label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${examples.map(
        (example) =>
          html`<tr>
            <th scope="row">
              ${picture(example.sample, `Test sample of class ${example.class}`)}
              <span class="class">“${example.class}”</span>
            </th>
            ${example.views.map((view, i) =>
              viewCell(view, { example, method: methods[i]?.label ?? '', heat }),
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function viewCell(
  { score, flagged, reconstruction, errorMap }: View,
  {
    example,
    method,
    heat,
  }: { readonly example: Example; readonly method: string; readonly heat: Heat },
): Markup {
  const what = `“${example.class}” by ${method}`;
  return html`<td>
    <div class="pair">
      ${reconstruction && picture(reconstruction, `Reconstruction of ${what}`)}
      ${errorMap && heatPicture(errorMap, { heat, alt: `Error of the reconstruction of ${what}` })}
    </div>
    ${verdict({ label: example.label, score, flagged })}
  </td>`;
}

/** The score, and in a word what became of the sample. */
export function verdict({
  label,
  score,
  flagged,
}: Pick<Example, 'label'> & Pick<View, 'score' | 'flagged'>): Markup {
  const right = flagged === (label === 1);
  const word = flagged ? (right ? 'caught' : 'false alarm') : right ? 'passed' : 'missed';
  return html`<p class="verdict">
    ${measured(score)} <b class="${right ? 'right' : 'wrong'}">${word}</b>
  </p>`;
}
