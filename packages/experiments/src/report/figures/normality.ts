// The paper's figure 5: the normality score along each test video, its anomalous stretches shaded.
//   p_u = 1 − (e_u − min e) / (max e − min e)

import { frameOf } from '@memae/datasets';
import { type Video, normaliseVideos } from '@memae/metrics';
import type { ScoredDataset } from '@memae/training';
import * as Plot from '@observablehq/plot';
import type { CaseGallery } from '../../reproduce/gallery.ts';
import { videosOf } from '../../trials/videos.ts';
import { type LineStyle, chart, grid, lineStyle } from '../chart.ts';
import { type Figure, legend } from '../figure.ts';
import { type Markup, html } from '../html.ts';

interface Line {
  readonly label: string;
  readonly style: LineStyle;
  readonly videos: readonly Video[];
  /** By video: which frames its scores are of. */
  readonly frames: ReadonlyMap<string, readonly number[]>;
}

/** Every video of the test, the first and the last method that left scores in each. */
export function normalityFigure(galleries: readonly CaseGallery[]): Figure | undefined {
  const scored = (galleries[0]?.exhibits ?? []).flatMap(({ label, scores }) =>
    scores === undefined
      ? []
      : [{ label, videos: normaliseVideos(videosOf(scores)), frames: framesOf(scores) }],
  );
  const [first, last] = [scored[0], scored.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const chosen = first === last ? [last] : [first, last];
  const lines = chosen.map((one, i) => ({ ...one, style: lineStyle(i, chosen.length) }));
  return {
    caption:
      'The normality score along each test video, frame by frame (the paper’s Figure 5). Shaded stretches are ' +
      'anomalous; there the score should fall.',
    body: html`${legend([
        ...lines.map(({ label, style }) => ({ label, ...style })),
        { label: 'anomalous frames', fill: 'var(--shade)' },
      ])}
      <div class="panels">${last.videos.map((video) => videoChart(video, lines))}</div>`,
  };
}

function videoChart({ name, labels }: Video, lines: readonly Line[]): Markup {
  const frames = lines.at(-1)?.frames.get(name) ?? [];
  const at = (place: number): number => frames[place] ?? place;
  const stretches = stretchesOf(Array.from(labels)).map(({ from, to }) => ({
    from: at(from),
    to: at(to),
  }));
  const told = stretches.map(({ from, to }) => `${from} to ${to}`).join(', ') || 'none';
  return html`<div>
    <h3>${name}</h3>
    ${chart(`Normality along ${name}. Anomalous frames: ${told}.`, {
      height: 150,
      marginTop: 8,
      x: { label: 'frame', domain: [0, at(labels.length - 1)], ticks: 5 },
      y: { label: null, domain: [0, 1], ticks: [0, 0.5, 1] },
      marks: [
        Plot.rect(stretches, { x1: 'from', x2: 'to', y1: 0, y2: 1, fill: 'var(--shade)' }),
        grid('y', [0, 0.5, 1]),
        ...lines.map(({ videos, style }) => {
          const mine = videos.find((other) => other.name === name);
          return Plot.line(
            Array.from(mine?.scores ?? [], (score, i): [number, number] => [at(i), 1 - score]),
            { ...style, strokeWidth: 1.75 },
          );
        }),
      ],
    })}
  </div>`;
}

/** Which frames of each video are scored, counted from 0. */
function framesOf({ keys }: Pick<ScoredDataset, 'keys'>): ReadonlyMap<string, number[]> {
  const frames = new Map<string, number[]>();
  for (const { video, frame } of keys.map(frameOf)) {
    frames.set(video, [...(frames.get(video) ?? []), frame]);
  }
  return frames;
}

/** Runs of ones, by the places of their first and last. */
export function stretchesOf(labels: readonly number[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  labels.forEach((label, i) => {
    if (label !== 1) return;
    const last = stretches.at(-1);
    if (last?.to === i - 1) last.to = i;
    else stretches.push({ from: i, to: i });
  });
  return stretches;
}
