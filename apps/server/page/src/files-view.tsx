// Pictures and rows: samples that stand each for itself, scored and ranked.

import type { ComponentChildren } from 'preact';
import { Layout } from './layout.tsx';
import { Notices } from './notices.tsx';
import { ResultDetail } from './result-detail.tsx';
import { ResultList } from './result-list.tsx';
import type { Scoring } from './use-scoring.ts';
import type { ViewProps } from './view.ts';

interface FilesViewProps extends ViewProps {
  readonly noun: string;
  readonly scoring: Scoring;
  readonly children: ComponentChildren;
}

export function FilesView({ noun, scoring, children, ...view }: FilesViewProps) {
  const { model, judgement } = view;
  const { results, selected, progress, error, select, clear } = scoring;
  return (
    <Layout
      {...view}
      scores={results.map(({ score }) => score)}
      selected={selected?.score}
      input={
        <>
          <section class="panel" aria-label="Input">
            {children}
          </section>
          <Notices {...{ progress, error }} />
        </>
      }
      results={
        results.length > 0 && (
          <>
            {selected && <ResultDetail {...{ model, judgement }} result={selected} />}
            <ResultList
              {...{ noun, results, judgement, selected }}
              model={model.name}
              onSelect={select}
              onClear={clear}
            />
          </>
        )
      }
    />
  );
}
