// What no machine would hold is refused before its first number is drawn.

import { MemaeError } from '@memae/graph';

/** A GiB of numbers; network and memory together then fit in the two GiB that a model's file may have. */
const largest = 2 ** 28;

/** @throws `ARCHITECTURE_TOO_LARGE` naming the options to change. */
export function requireSize(
  part: 'network' | 'memory',
  { numbers, remedy }: { readonly numbers: number; readonly remedy: string },
): void {
  if (!(numbers > largest)) return;
  const [has, most] = [numbers, largest].map((count) => count.toLocaleString('en'));
  throw new MemaeError(
    'ARCHITECTURE_TOO_LARGE',
    `The ${part} would have ${has} numbers, but ${most} (1 GiB) are the most that it may have. ${remedy}`,
  );
}
