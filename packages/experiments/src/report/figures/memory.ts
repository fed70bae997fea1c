// The paper's figure 3 and what follows from it: the items a memory holds, and readings put together from them.

import { slice } from '@memae/graph';
import type {
  Comparison,
  Example,
  MemoryPictures,
  MethodOutcome,
  View,
} from '../../compare/comparison.ts';
import type { Figure } from '../figure.ts';
import { type Markup, html } from '../html.ts';
import { picture } from '../picture.ts';
import { percent, subjectOf, whole } from '../words.ts';
import { verdict } from './reconstructions.ts';

/** No more items than this are shown. */
const shownItems = 100;

type WithMemory = MethodOutcome & { readonly memory: MemoryPictures };

/** The methods that have a memory whose items can be decoded. */
export function withMemory(methods: readonly MethodOutcome[]): WithMemory[] {
  return methods.flatMap((method) =>
    method.memory === undefined ? [] : [{ ...method, memory: method.memory }],
  );
}

/** All items, decoded one by one, those read most first. */
export function itemsFigure({ label, memory }: Pick<WithMemory, 'label' | 'memory'>): Figure {
  const { use } = memory;
  const order = Array.from(use.keys()).sort((a, b) => (use[b] ?? 0) - (use[a] ?? 0));
  const used = order.filter((item) => (use[item] ?? 0) > 0);
  const shown = used.slice(0, shownItems);
  const most = use[order[0] ?? 0] ?? 0;
  const about =
    `Single memory items of ${label}, each decoded on its own: those that normal test samples read, the ` +
    `most read first` +
    (shown.length < used.length ? `, the first ${shown.length} of ${used.length}. ` : '. ') +
    (used.length < use.length
      ? `${whole(use.length - used.length)} of the ${whole(use.length)} items are never read.`
      : `All ${whole(use.length)} are in use.`);
  return {
    caption: `${about} The bar under an item is its share of all readings, the longest being ${percent(most)}.`,
    body: html`<div class="items" role="img" aria-label="${about}">
      ${shown.map((item) => {
        const share = Math.round((100 * (use[item] ?? 0)) / most);
        return html`<span>${itemPicture(memory, item)}<i style="width:${share}%"></i></span>`;
      })}
    </div>`,
  };
}

/** What single samples are put together from. */
export function readingsFigure(comparison: Comparison, method: WithMemory): Figure {
  const { normal, others } = subjectOf(comparison.data);
  const place = comparison.methods.findIndex(({ id }) => id === method.id);
  const drawn = comparison.examples.filter(({ hardestFor }) => hardestFor === null);
  const tables = [`Normal: ${normal}`, `Anomalous: ${others}`].map((title, label) => {
    const chosen = drawn.filter((example) => example.label === label).slice(0, 3);
    return html`<table class="readings">
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">Input</th>
          <th scope="col">Items read, and their weights</th>
          <th scope="col">Output</th>
        </tr>
      </thead>
      <tbody>
        ${chosen.map((example) => readingRow(example, example.views[place], method.memory))}
      </tbody>
    </table>`;
  });
  return {
    caption:
      `How ${method.label} reads: each sample is looked up in the memory, and only a mix of the items ` +
      'found is decoded. Shown are the five with the highest weights. An anomaly, too, is put together ' +
      'from normal items, so it comes out as something normal, and the difference gives it away.',
    body: html`<div class="panels">${tables}</div>`,
  };
}

function readingRow(example: Example, view: View | undefined, memory: MemoryPictures): Markup {
  const { label, sample, class: name } = example;
  const mix = (view?.reading ?? []).map(
    ({ item, weight }) =>
      html`<span>${itemPicture(memory, item, `Memory item ${item}`)}${percent(weight, 0)}</span>`,
  );
  const output = view?.reconstruction;
  return html`<tr>
    <th scope="row">${picture(sample, `Test sample of class ${name}`)}</th>
    <td><div class="mix">${mix}</div></td>
    <td>
      ${output && picture(output, `Reconstruction of “${name}”`)}
      ${view && verdict({ label, ...view })}
    </td>
  </tr>`;
}

function itemPicture({ items }: MemoryPictures, item: number, alt = ''): Markup {
  const { shape, ...rest } = slice(items, item, item + 1);
  return picture({ ...rest, shape: shape.slice(1) }, alt);
}
