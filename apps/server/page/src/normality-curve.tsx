// How normal a video is, frame by frame, its alarms shaded, and the position of the player.

import type { AlarmInterval } from '@memae/metrics';

/** A frame that was scored, at its time in seconds. */
export interface Point {
  readonly time: number;
  readonly score: number;
  readonly normality: number;
}

interface NormalityCurveProps {
  readonly points: readonly Point[];
  readonly alarms: readonly AlarmInterval[];
  /** Seconds. */
  readonly duration: number;
  readonly position: number;
}

const [width, height] = [720, 150];
const [lowest, highest] = [-0.75, 1.25];

export function NormalityCurve({ points, alarms, duration, position }: NormalityCurveProps) {
  const x = (time: number): number => (duration > 0 ? (time / duration) * width : 0);
  const y = (normality: number): number =>
    ((highest - Math.min(highest, Math.max(lowest, normality))) / (highest - lowest)) * height;
  const line = points.map(
    ({ time, normality }) => `${x(time).toFixed(1)},${y(normality).toFixed(1)}`,
  );
  const at = (frame: number): number => points[frame]?.time ?? 0;
  return (
    <svg
      class="curve"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Normality of ${points.length} frames; ${alarms.length} alarms are shaded.`}
    >
      <defs>
        <pattern
          id="alarm-hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="hatch" width="2" height="6" />
        </pattern>
      </defs>
      {alarms.map(({ start, end }) => (
        <g key={start} data-testid="alarm-shade">
          <rect
            class="alarm"
            x={x(at(start))}
            width={Math.max(2, x(at(end)) - x(at(start)))}
            height={height}
          />
          <rect
            x={x(at(start))}
            width={Math.max(2, x(at(end)) - x(at(start)))}
            height={height}
            fill="url(#alarm-hatch)"
          />
        </g>
      ))}
      <line class="axis" x2={width} y1={y(1)} y2={y(1)} />
      <line class="axis" x2={width} y1={y(0)} y2={y(0)} />
      <polyline class="line" points={line.join(' ')} vector-effect="non-scaling-stroke" />
      <line
        class="position"
        x1={x(position)}
        x2={x(position)}
        y2={height}
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
}
