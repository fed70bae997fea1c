// A comparison as one page that anyone can open: no network, no script, every picture inside.

import type { Comparison, MethodOutcome } from '../compare/comparison.ts';
import { lineStyle } from './chart.ts';
import { numbering } from './figure.ts';
import { healthFigure, lossFigure } from './figures/epochs.ts';
import { histogramFigure } from './figures/histograms.ts';
import { itemsFigure, readingsFigure, withMemory } from './figures/memory.ts';
import { mistakesFigures, reconstructionFigure } from './figures/reconstructions.ts';
import { rocFigure } from './figures/roc.ts';
import { type Markup, html } from './html.ts';
import { commandLine, page } from './page.ts';
import { meritTable, optionsTable, runFacts } from './tables.ts';
import { figure, inSentence, percent, subjectOf, whole } from './words.ts';

/** What only the caller knows. */
export interface ReportContext {
  /** The command line that gives this report again. */
  readonly command: string;
  /** What the reader may do next, each with a command line. */
  readonly next?: readonly { readonly text: string; readonly command: string }[];
  /** What ran, by name: `{ memae: '0.1.0', node: '22.23.3' }`. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The page as HTML. The same comparison and context give the same bytes. */
export function renderReport(comparison: Comparison, context: ReportContext): string {
  const { data, methods } = comparison;
  const { normal, others } = subjectOf(data);
  const numbered = numbering();
  const memories = withMemory(methods);
  const health = healthFigure(comparison);
  const title = `Learning what is normal: ${normal}`;
  return page({
    title,
    lead: summary(comparison),
    body: html`${scores(comparison)}
      <p class="note">
        Area under the ROC curve (AUROC): how often an anomaly gets a higher score than a normal
        sample. The mark is chance.
      </p>

      <h2>What each method draws</h2>
      <p>
        Each method learned to draw samples of ${normal} again; none saw an anomaly, or a label,
        before the test. The score of a sample is the squared error of its drawing, so a good
        detector draws ${normal} well and ${others} badly. One that draws everything well has
        learned to copy.
      </p>
      ${numbered(reconstructionFigure(comparison))}

      <h2>Figures of merit</h2>
      ${meritTable(comparison)}
      ${
        memories.length > 0 &&
        html`<h2>What the memory holds</h2>
          <p>
            A memory-augmented autoencoder does not pass on what its encoder saw. It looks the
            encoding up among the items it has memorised from normal samples, and decodes a sparse
            mix of those.
          </p>`
      }
      ${memories.map((method) => [
        numbered(itemsFigure(method)),
        numbered(readingsFigure(comparison, method)),
      ])}

      <h2>How far normal and anomalous lie apart</h2>
      ${numbered(histogramFigure(comparison))}
      <div class="row">${numbered(rocFigure(comparison))}${numbered(lossFigure(comparison))}</div>
      ${health && html`<h2>The memory’s health</h2>`}${health && numbered(health)}

      <h2>Where each method is most wrong</h2>
      <p>Nothing here is chosen to please: these are the worst errors of the whole test set.</p>
      ${mistakesFigures(comparison).map(numbered)}

      <h2>How to repeat this</h2>
      <p>
        The same seed gives the same split, the same first weights and the same order of samples.
      </p>
      ${commandLine(context.command)} ${runFacts(comparison, context.versions)}
      <details>
        <summary>All options of each method</summary>
        ${optionsTable(comparison)}
      </details>
      ${context.next && next(context.next)}
      <footer>
        ${methods.map(
          ({ title: name, id, citation }) =>
            html`<div>${name} (<code>${id}</code>): ${citation}.</div>`,
        )}
      </footer>`,
  });
}

/** The finding in one sentence. */
function summary({ data, methods }: Comparison): Markup {
  const named = ({ title, label }: MethodOutcome): string =>
    title === label ? title : `${inSentence(title)} (${label})`;
  const [study, ...baselines] = methods.toReversed();
  return html`Trained on ${whole(data.train)} samples of ${subjectOf(data).normal} and nothing else,
  then given a pair of which one is anomalous,
  ${study && html`the ${named(study)} finds it <b>${percent(study.auroc)}</b> of the time`}${baselines.map(
    (method) => html`; the ${named(method)}, on the same budget, ${percent(method.auroc)}`,
  )}.`;
}

/** Each method's AUROC, large. */
function scores({ methods }: Comparison): Markup {
  return html`<ul class="scores">
    ${methods.map(({ title, auroc }, i) => {
      const { stroke } = lineStyle(i, methods.length);
      return html`<li ${i === methods.length - 1 && html`class="study"`}>
        ${title}<strong>${figure(auroc)}</strong>
        <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect width="100" height="4" fill="var(--line)" />
          <rect width="${100 * auroc}" height="4" fill="${stroke}" />
          <rect x="49.8" width="0.4" height="4" fill="var(--card)" />
        </svg>
      </li>`;
    })}
  </ul>`;
}

function next(steps: NonNullable<ReportContext['next']>): Markup {
  return html`<h2>What to do next</h2>
    <dl class="next">
      ${steps.map(
        ({ text, command }) =>
          html`<dt>${text}</dt>
            <dd>${commandLine(command)}</dd>`,
      )}
    </dl>`;
}
