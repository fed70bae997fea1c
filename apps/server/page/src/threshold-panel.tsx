// The line between normal and anomalous, to be moved, and what that does to the scores that were kept for it.

import {
  type Calibration,
  confusionAt,
  expectedFalseAlarms,
  smallestFalseAlarms,
} from '@memae/metrics';
import { useId } from 'preact/hooks';
import type { ModelDescription } from './answers.ts';
import { figure, percent } from './figures.ts';
import { type Judgement, judgementOf } from './judgement.ts';
import { ScoreHistogram } from './score-histogram.tsx';

interface ThresholdPanelProps {
  readonly model: ModelDescription;
  readonly judgement: Judgement;
  readonly onThreshold: (threshold: number) => void;
  readonly scores: readonly number[];
  readonly selected: number | undefined;
}

const steps = 1000;

export function ThresholdPanel({
  model,
  judgement,
  onThreshold,
  scores,
  selected,
}: ThresholdPanelProps) {
  const id = useId();
  const { threshold } = judgement;
  const { histogram: bins, calibration } = model;
  const own = judgementOf(model)?.threshold ?? threshold;
  const low = Math.min(bins[0]?.low ?? 0, own, threshold);
  const high = Math.max(bins.at(-1)?.high ?? 2 * own, own, threshold);
  const expected = calibration ? rateOf(calibration, threshold) : undefined;
  const set = (text: string): void => {
    const value = Number(text);
    if (text !== '' && Number.isFinite(value)) onThreshold(value);
  };
  return (
    <section class="panel threshold-panel" aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h2 id={`${id}-title`}>Threshold</h2>
        <button
          type="button"
          class="quiet"
          disabled={threshold === own}
          onClick={() => {
            onThreshold(own);
          }}
        >
          Reset
        </button>
      </div>
      {bins.length > 0 && <ScoreHistogram {...{ bins, threshold, scores, selected }} />}
      {calibration && (
        <ul class="legend">
          <li class="normal">held-out normal samples</li>
          {calibration.labelled && <li class="anomalous">labelled anomalies</li>}
          {scores.length > 0 && <li class="tick">your samples</li>}
        </ul>
      )}
      <div class="slider">
        <label for={`${id}-slider`}>Flag scores above</label>
        <input
          type="number"
          aria-label="Threshold as a number"
          step="any"
          value={Number(threshold.toPrecision(6))}
          onChange={({ currentTarget: { value } }) => {
            set(value);
          }}
        />
        <input
          id={`${id}-slider`}
          type="range"
          min={low}
          max={high}
          step={(high - low) / steps || 1}
          value={threshold}
          aria-valuetext={`${figure(threshold)}${expected ? `, ${expected} false alarms expected` : ''}`}
          onInput={({ currentTarget: { value } }) => {
            set(value);
          }}
        />
      </div>
      <dl class="figures">
        {expected && (
          <div>
            <dt>False alarms expected</dt>
            <dd data-testid="false-alarms">{expected}</dd>
          </div>
        )}
        {calibration?.labelled && (
          <Labelled labelled={calibration.labelled} threshold={threshold} />
        )}
      </dl>
      <p class="hint">
        The model’s own is {figure(own)}: {model.threshold?.rule}
        {calibration && `, by ${calibration.samples.toLocaleString('en')} held-out samples`}.
      </p>
    </section>
  );
}

function Labelled({
  labelled: { normal, anomalous },
  threshold,
}: {
  readonly labelled: NonNullable<Calibration['labelled']>;
  readonly threshold: number;
}) {
  const labels = [...normal.map(() => 0), ...anomalous.map(() => 1)];
  const { precision, recall } = confusionAt(threshold, [...normal, ...anomalous], labels);
  return (
    <>
      <div>
        <dt>Precision</dt>
        <dd data-testid="precision">{percent(precision)}</dd>
      </div>
      <div>
        <dt>Recall</dt>
        <dd data-testid="recall">{percent(recall)}</dd>
      </div>
    </>
  );
}

function rateOf(calibration: Calibration, threshold: number): string {
  const { samples, normal } = calibration;
  const rate = percent(expectedFalseAlarms(calibration, threshold));
  return threshold > (normal.at(-1) ?? Infinity)
    ? `under ${percent(smallestFalseAlarms(samples))}`
    : rate;
}
