// What a score means by the threshold as it is set: said by word and sign, not by colour alone.

import { figure } from './figures.ts';
import { type Judgement, isAnomalous, normalised } from './judgement.ts';

interface Judged {
  readonly score: number;
  readonly judgement: Judgement | undefined;
}

export function Verdict({ score, judgement }: Judged) {
  if (judgement === undefined) return null;
  return isAnomalous(score, judgement) ? (
    <span class="verdict anomalous">
      <span aria-hidden="true">▲</span> Anomalous
    </span>
  ) : (
    <span class="verdict normal">
      <span aria-hidden="true">✓</span> Normal
    </span>
  );
}

/** The normalised score as a bar with the threshold at its middle. */
export function ScoreBar({ score, judgement }: Judged) {
  if (judgement === undefined) return null;
  const share = normalised(score, judgement);
  const anomalous = isAnomalous(score, judgement);
  return (
    <span class="score-bar" aria-hidden="true">
      <span
        class={anomalous ? 'anomalous' : 'normal'}
        style={{ width: `${Math.max(2, 100 * share).toFixed(1)}%` }}
      />
    </span>
  );
}

export function ScoreFigures({ score, judgement }: Judged) {
  return (
    <dl class="figures">
      <div>
        <dt>Score</dt>
        <dd data-testid="score">{figure(score)}</dd>
      </div>
      {judgement && (
        <>
          <div>
            <dt>Normalised</dt>
            <dd>{normalised(score, judgement).toFixed(3)}</dd>
          </div>
          <div>
            <dt>Threshold</dt>
            <dd>{figure(judgement.threshold)}</dd>
          </div>
        </>
      )}
    </dl>
  );
}
