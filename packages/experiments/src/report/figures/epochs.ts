// How each method learned: the loss and the memory's health, epoch by epoch.

import * as Plot from '@observablehq/plot';
import type { Comparison, MethodOutcome } from '../../compare/comparison.ts';
import { chart, grid, lineStyle } from '../chart.ts';
import { type Figure, legend } from '../figure.ts';
import { type Markup, html } from '../html.ts';
import { measured, whole } from '../words.ts';

/** Each method's loss, epoch by epoch. */
export function lossFigure({ methods }: Comparison): Figure {
  const ends = methods.map(
    ({ label, history }) => `${label}: ${measured(history.at(-1)?.values['validationLoss'] ?? 0)}`,
  );
  const ticks = roundNumbers(
    methods.flatMap(({ history }) =>
      history.flatMap(({ values }) => [values['loss'] ?? 1, values['validationLoss'] ?? 1]),
    ),
  );
  return {
    caption:
      'Loss a sample, in training (thin) and on normal samples held out for validation (bold). A low loss ' +
      'is not the aim: what copies everything, anomalies too, has the lowest.',
    body: html`${methodLegend(methods)}
    ${chart(`Loss over epochs. Validation loss at the end: ${ends.join('; ')}.`, {
      height: 400,
      x: epochAxis(methods),
      y: { label: 'loss, logarithmic', type: 'log', ticks, tickFormat: String },
      marks: [
        grid('y', ticks),
        epochLines(methods, 'loss', { strokeWidth: 1.25, strokeOpacity: 0.6 }),
        epochLines(methods, 'validationLoss', { strokeWidth: 2.25 }),
      ],
    })}`,
  };
}

interface Measure {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly axis: Plot.ScaleOptions;
}

const measures: readonly Measure[] = [
  {
    name: 'itemsInUse',
    title: 'Items in use',
    about: 'items that any training sample reads; few left means that the memory has collapsed',
    axis: { zero: true, nice: true },
  },
  {
    name: 'nonZeroWeights',
    title: 'Items in a reading',
    about: 'how many items one sample is put together from, on average; few means sparse',
    axis: { zero: true, nice: true },
  },
  {
    name: 'emptyRows',
    title: 'Empty readings (%)',
    about:
      'samples whose every weight λ empties: they read nothing, unless they are read by the weights before it',
    axis: { percent: true, domain: [0, 100] },
  },
];

/** The memory's health, or nothing where no method has a memory. */
export function healthFigure({ methods }: Comparison): Figure | undefined {
  const isHealthy = ({ history }: MethodOutcome): boolean =>
    history[0]?.values['itemsInUse'] !== undefined;
  if (!methods.some(isHealthy)) return undefined;
  return {
    caption:
      'The health of the memory during training. A memory can fail in silence: reading everything, one ' +
      'item only, or nothing.',
    body: html`${methodLegend(methods, isHealthy)}
      <div class="panels three">
        ${measures.map(({ name, title, about, axis }) => {
          const ends = methods.filter(isHealthy).map((method) => {
            const end = method.history.at(-1)?.values[name] ?? 0;
            return `${method.label}: ${measured(end)}`;
          });
          return html`<div>
            <h3>${title}</h3>
            ${chart(`${title} over epochs. At the end: ${ends.join('; ')}.`, {
              width: 350,
              height: 200,
              x: epochAxis(methods),
              marginTop: 8,
              y: { label: null, ticks: 4, ...axis },
              marks: [grid('y', 4), epochLines(methods, name, { strokeWidth: 2.25 })],
            })}
            <p class="note">${about}</p>
          </div>`;
        })}
      </div>`,
  };
}

/** 1, 2, 5, 10, 20, … within the range of the values: what a logarithmic axis shows. */
function roundNumbers(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const powers = Array.from({ length: 19 }, (_, i) => i - 9);
  return powers
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter((tick) => tick >= low && tick <= high);
}

function epochLines(
  methods: readonly MethodOutcome[],
  name: string,
  style: Plot.LineOptions,
): Plot.Markish[] {
  return methods.map(({ history }, i) =>
    Plot.line(
      history.flatMap(({ epoch, values }) =>
        values[name] === undefined ? [] : [[epoch, values[name]]],
      ),
      { ...lineStyle(i, methods.length), ...style, marker: history.length > 1 ? 'none' : 'dot' },
    ),
  );
}

function epochAxis(methods: readonly MethodOutcome[]): Plot.ScaleOptions {
  const epochs = Math.max(...methods.map(({ history }) => history.length), 1);
  const step = Math.ceil(epochs / 8);
  const ticks = Array.from({ length: epochs }, (_, i) => i + 1).filter((n) => n % step === 0);
  return { label: 'epoch', ticks, tickFormat: whole };
}

function methodLegend(
  methods: readonly MethodOutcome[],
  has: (method: MethodOutcome) => boolean = () => true,
): Markup {
  return legend(
    methods.flatMap((method, i) =>
      has(method) ? [{ label: method.label, ...lineStyle(i, methods.length) }] : [],
    ),
  );
}
