// Where the held-out scores lie, the threshold among them, and the results at hand.

import type { ScoreBin } from './answers.ts';
import { figure } from './figures.ts';

interface ScoreHistogramProps {
  readonly bins: readonly ScoreBin[];
  readonly threshold: number;
  readonly scores: readonly number[];
  readonly selected: number | undefined;
}

const [width, height, ticks, axis] = [360, 120, 12, 18];

export function ScoreHistogram({ bins, threshold, scores, selected }: ScoreHistogramProps) {
  const low = bins[0]?.low ?? 0;
  const high = bins.at(-1)?.high ?? 1;
  const most = Math.max(1, ...bins.map(({ count, anomalous }) => Math.max(count, anomalous)));
  // What lies beyond is drawn at the edge.
  const x = (score: number): number =>
    Math.min(width - 4, Math.max(4, ((score - low) / (high - low)) * width));
  // Small counts beside large ones are seen, too.
  const y = (number: number): number => Math.sqrt(number / most) * (height - 8);
  const bar = width / bins.length;
  const beyond = scores.filter((score) => score > high).length;
  const description =
    `Held-out scores lie from ${figure(low)} to ${figure(high)}; the threshold is ${figure(threshold)}.` +
    (beyond > 0 ? ` ${beyond} of the results lie beyond.` : '');
  return (
    <svg
      class="histogram"
      viewBox={`0 0 ${width} ${height + ticks + axis}`}
      role="img"
      aria-label={description}
    >
      <defs>
        <pattern
          id="hatch"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="hatch" width="2.4" height="5" />
        </pattern>
      </defs>
      <rect class="flagged" x={x(threshold)} width={width - x(threshold)} height={height} />
      {bins.map(({ count, anomalous }, i) => (
        <g key={i}>
          <rect
            class="normal"
            x={i * bar + 0.5}
            y={height - y(count)}
            width={bar - 1}
            height={y(count)}
          />
          <rect
            class="anomalous"
            x={i * bar + 0.5}
            y={height - y(anomalous)}
            width={bar - 1}
            height={y(anomalous)}
            fill="url(#hatch)"
          />
        </g>
      ))}
      <line class="axis" x2={width} y1={height} y2={height} />
      {scores.slice(0, 500).map((score, i) => (
        <line
          key={i}
          class={score > threshold ? 'tick anomalous' : 'tick normal'}
          x1={x(score)}
          x2={x(score)}
          y1={height + 2}
          y2={height + ticks}
        />
      ))}
      {selected !== undefined && (
        <path
          class="selected"
          transform={`translate(${x(selected)} ${height + 1})`}
          d={selected > high ? 'm4 6-9-6v12z' : 'm0 0 6 11h-12z'}
        />
      )}
      <line class="threshold" x1={x(threshold)} x2={x(threshold)} y1="0" y2={height + ticks} />
      <text x="0" y={height + ticks + axis - 3}>
        {figure(low)}
      </text>
      <text x={width} y={height + ticks + axis - 3} text-anchor="end">
        {figure(high)}
      </text>
    </svg>
  );
}
