// What a person sees while an experiment runs: a line a finished trial, and the step under way.

import { type ReproduceProgress, type Trial, mainMeasureOf } from '@memae/experiments';
import type { CliContext } from './context.ts';
import { type Progress, duration, figure } from './progress.ts';

/** How often a log that is no terminal hears of epochs, in milliseconds. */
const interval = 60_000;

/** Tells of each finished trial, with the time left for all. */
export function tellTrials(
  progress: Progress,
  { clock }: Pick<CliContext, 'clock'>,
): (happened: ReproduceProgress) => void {
  let place = '';
  let said = clock();
  return (happened) => {
    switch (happened.kind) {
      case 'data':
        progress.status(`reading ${happened.data}`);
        return;
      case 'plan': {
        const { trials, done, torn } = happened;
        place = `${done + 1}/${trials}`;
        progress.note(`${trials} trials, ${done} of them done already`);
        if (torn > 0) {
          progress.onWarning(
            torn === 1
              ? '1 torn line in trials.jsonl is passed over'
              : `${torn} torn lines in trials.jsonl are passed over`,
          );
        }
        return;
      }
      case 'step': {
        const { epoch, epochs, step } = happened.report;
        const left = leftIn(happened.secondsLeft);
        progress.status(
          `${place}  ${nameOf(happened.trial)}  epoch ${epoch}/${epochs}  step ${step}${left}`,
        );
        return;
      }
      case 'epoch': {
        if (clock() - said < interval) return;
        said = clock();
        const { epoch, values } = happened.report;
        progress.note(
          `${place}  ${nameOf(happened.trial)}  epoch ${epoch}: loss ${figure(values['loss'] ?? NaN)}`,
        );
        return;
      }
      case 'warning':
        progress.onWarning(`${nameOf(happened.trial)}: ${happened.message}`);
        return;
      case 'row': {
        const { row, done, trials } = happened;
        const measure = mainMeasureOf(row.data.modality);
        const value = row.figures[measure.id];
        said = clock();
        place = `${done + 1}/${trials}`;
        progress.note(
          `${done}/${trials}  ${nameOf(row.trial)}  ${measure.title} ${value?.toFixed(4) ?? ''}` +
            `  in ${duration(row.seconds.training + row.seconds.scoring)}${leftIn(happened.secondsLeft)}`,
        );
        return;
      }
      case 'download':
        progress.onDownload(happened.progress);
    }
  };
}

function leftIn(seconds: number | undefined): string {
  return seconds === undefined || seconds === 0 ? '' : `  ${duration(seconds)} left`;
}

function nameOf({ data, case: of, method, seed, options }: Trial): string {
  const own = Object.values(options).map((value) => ` N=${value}`);
  return `${data} ${of} ${method}${own.join('')} seed ${seed}`;
}
