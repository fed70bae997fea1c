// What the views of all kinds of samples are given, and how they share the page with the threshold.

import type { ModelDescription } from './answers.ts';
import type { Judgement } from './judgement.ts';

export interface ViewProps {
  readonly model: ModelDescription;
  readonly judgement: Judgement | undefined;
  readonly onThreshold: (threshold: number) => void;
}
