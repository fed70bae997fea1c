// Whether a binding computes: training-step.ts, in a process of its own, as a broken binding ends its process.

import { join } from 'node:path';
import { run } from './run.ts';
import type { StepReport } from './training-step.ts';

/** float32 sums of a hundred terms. */
const tolerance = 1e-5;

/** Takes a training step with the binding; throws when it fails or its result is not that of plain loops. */
export function check(target: string, { binding }: { readonly binding: string }): StepReport {
  const script = join(import.meta.dirname, 'training-step.ts');
  const answer = run([process.execPath, '--no-deprecation', script, target, binding], {
    what: `A training step with ${binding}`,
    read: true,
  });
  const report = JSON.parse(answer) as StepReport;
  if (!(report.error <= tolerance)) {
    throw new Error(
      `A training step with TensorFlow ${report.tensorflow} is off: its parameters differ from those of plain loops by ${report.error}, expected at most ${tolerance}.`,
    );
  }
  return report;
}
