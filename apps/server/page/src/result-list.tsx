// The results, the highest score first; one of them is looked at.

import { useState } from 'preact/hooks';
import { count, figure } from './figures.ts';
import { type Judgement, isAnomalous } from './judgement.ts';
import { type Result, csvOf, download } from './result.ts';
import { ScoreBar, Verdict } from './verdict.tsx';

interface ResultListProps {
  readonly model: string;
  /** What a result is of, as `picture`. */
  readonly noun: string;
  readonly results: readonly Result[];
  readonly judgement: Judgement | undefined;
  readonly selected: Result | undefined;
  readonly onSelect: (result: Result) => void;
  readonly onClear: () => void;
}

/** Shown at once; more on request. */
const page = 100;

export function ResultList(props: ResultListProps) {
  const { model, noun, results, judgement, selected, onSelect, onClear } = props;
  const [shown, setShown] = useState(page);
  const ranked = [...results].sort((a, b) => b.score - a.score);
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Results</h2>
        <div class="actions">
          <button
            type="button"
            class="quiet"
            onClick={() => {
              download(`${model}-scores.csv`, csvOf(results, judgement));
            }}
          >
            Download CSV
          </button>
          <button type="button" class="quiet" onClick={onClear}>
            Clear
          </button>
        </div>
      </div>
      <p role="status" data-testid="summary">
        {summaryOf(results, { noun, judgement })}
      </p>
      <ol class="results">
        {ranked.slice(0, shown).map((result, i) => (
          <li key={result.key}>
            <button
              type="button"
              class="result"
              aria-pressed={result === selected}
              onClick={() => {
                onSelect(result);
              }}
            >
              <span class="rank number">{i + 1}</span>
              {result.pictures && <img class="pixels" src={result.pictures.sample} alt="" />}
              <span class="result-name">{result.key}</span>
              <Verdict {...{ judgement }} score={result.score} />
              <span class="number" data-testid="result-score">
                {figure(result.score)}
              </span>
              <ScoreBar {...{ judgement }} score={result.score} />
              {result.columns && (
                <span class="reasons">
                  {result.columns
                    .filter(({ share }) => share >= 0.05)
                    .slice(0, 3)
                    .map(({ name, share }) => `${name} ${Math.round(100 * share)} %`)
                    .join(' · ')}
                </span>
              )}
            </button>
          </li>
        ))}
      </ol>
      {ranked.length > shown && (
        <button
          type="button"
          onClick={() => {
            setShown(shown + page);
          }}
        >
          Show {Math.min(page, ranked.length - shown)} more
        </button>
      )}
    </section>
  );
}

/** `3 pictures scored: 1 anomalous, 2 normal.` */
function summaryOf(
  results: readonly Result[],
  { noun, judgement }: Pick<ResultListProps, 'noun' | 'judgement'>,
): string {
  const scored = `${count(results.length, noun)} scored`;
  if (judgement === undefined) return `${scored}.`;
  const flagged = results.filter(({ score }) => isAnomalous(score, judgement)).length;
  return `${scored}: ${flagged} anomalous, ${results.length - flagged} normal.`;
}
