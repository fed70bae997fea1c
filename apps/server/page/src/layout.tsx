// Input, threshold and results: one below the other on a phone, the threshold beside the others where there is room.

import type { ComponentChildren } from 'preact';
import { ThresholdPanel } from './threshold-panel.tsx';
import type { ViewProps } from './view.ts';

interface LayoutProps extends ViewProps {
  readonly scores: readonly number[];
  readonly selected: number | undefined;
  readonly input: ComponentChildren;
  readonly results: ComponentChildren;
}

export function Layout({
  model,
  judgement,
  onThreshold,
  scores,
  selected,
  input,
  results,
}: LayoutProps) {
  return (
    <div class="layout">
      <div class="input">{input}</div>
      {judgement && <ThresholdPanel {...{ model, judgement, onThreshold, scores, selected }} />}
      <div class="output">{results}</div>
    </div>
  );
}
