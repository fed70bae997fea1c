// Numbers and names as a report says them.

import type { DataFacts } from '../compare/comparison.ts';

/** `0.928`: a figure of merit, in [0, 1]. */
export function figure(value: number): string {
  return value.toFixed(3);
}

/** `92.8 %` with a space that does not break. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

/** `3,788` */
export function whole(count: number): string {
  return count.toLocaleString('en');
}

/** `9.26`, `102`: a score or an error, to three digits. */
export function measured(value: number): string {
  return Math.abs(value) >= 1000 || value === 0 ? whole(Math.round(value)) : value.toPrecision(3);
}

/** `1 min 47 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole}\u00a0s`;
  return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
}

/** A title within a sentence: `Autoencoder` → `autoencoder`, but `MemAE` stays. */
export function inSentence(title: string): string {
  const [first = ''] = title.split(/[\s-]/);
  const isName = /\p{Lu}/u.test(first.slice(1));
  return isName ? title : title.charAt(0).toLowerCase() + title.slice(1);
}

/** What was learned, and what it was held against. */
export function subjectOf({ classes, normal }: Pick<DataFacts, 'classes' | 'normal'>): {
  normal: string;
  others: string;
} {
  const digits = classes.every((name) => /^\d$/.test(name));
  return digits
    ? { normal: `the digit ${normal}`, others: 'other digits' }
    : { normal: `the class “${normal}”`, others: 'other classes' };
}
