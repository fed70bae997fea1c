// How the memory is read: the addressing weights of one normal and one anomalous sample.

import type { NdArray } from '@memae/graph';
import * as Plot from '@observablehq/plot';
import type { CaseGallery } from '../../reproduce/gallery.ts';
import { chart, grid } from '../chart.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import { percent } from '../words.ts';

/** Of the last method that has a memory, in the first case. */
export function addressingFigure(galleries: readonly CaseGallery[]): Figure | undefined {
  const readers = (galleries[0]?.exhibits ?? []).flatMap(({ label, pictures }) => {
    const [normal, anomalous] = [0, 1].map((kind) =>
      pictures.pictures.find((one) => one.label === kind && one.weights !== undefined),
    );
    return normal?.weights && anomalous?.weights
      ? [{ label, samples: [normal.weights, anomalous.weights] }]
      : [];
  });
  const reader = readers.at(-1);
  if (reader === undefined) return undefined;
  const most = Math.max(...reader.samples.flatMap(({ data }) => Array.from(data)));
  return {
    caption:
      `The addressing weights of one normal and one anomalous sample, over the memory items of ${reader.label}. ` +
      'Where each position of an encoding asks for itself, their mean.',
    body: html`<div class="panels">
      ${reader.samples.map((weights, i) => {
        const title = ['A normal sample', 'An anomalous sample'][i] ?? '';
        return html`<div>
          <h3>${title}</h3>
          ${weightsChart(weights, {
            title,
            most,
            colour: i === 0 ? 'var(--normal)' : 'var(--anomalous)',
          })}
        </div>`;
      })}
    </div>`,
  };
}

function weightsChart(
  { data }: NdArray,
  {
    title,
    most,
    colour,
  }: { readonly title: string; readonly most: number; readonly colour: string },
) {
  const read = Array.from(data, (weight, item) => ({ item, weight })).filter(
    ({ weight }) => weight > 0,
  );
  // An empty chart would look like one that is broken.
  if (read.length === 0) return html`<p class="note">It reads no item: no weight exceeds λ.</p>`;
  const largest = Math.max(...read.map(({ weight }) => weight));
  return chart(
    `${title}: reads ${read.length} of ${data.length} items, the most by ${percent(largest)}.`,
    {
      height: 200,
      marginTop: 8,
      x: { label: 'memory item', domain: [0, data.length], ticks: 5 },
      y: { label: null, domain: [0, most || 1], ticks: 4 },
      marks: [grid('y', 4), Plot.ruleX(read, { x: 'item', y: 'weight', stroke: colour })],
    },
  );
}
