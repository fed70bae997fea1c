// A memory that collapses does so in silence; this says it, once a kind, with a remedy.

import type { EpochReport, RawOptions } from '@memae/training';

/**
 * Looks at each epoch's measures of the memory's health and warns when it is failing, with what the method's options can do
 * about it. Where empty rows are read by their weights before shrinkage, they are no failure.
 */
export function healthAdvice(
  warn: ((message: string) => void) | undefined,
  options: RawOptions,
): (report: EpochReport) => void {
  const { 'memory.slots': slots = Infinity, 'memory.emptyRows': read = 'zeros' } = options;
  const lower = ['memory.shrinkage', 'entropyWeight']
    .filter((name) => name in options)
    .join(' or ');
  const remedies = [
    ...(lower === '' ? [] : [`lower ${lower}`]),
    ...('memory.reseed' in options ? ['set memory.reseed=5'] : []),
  ];
  const advice = remedies.length === 0 ? '' : ` To help it, ${remedies.join(', or ')}.`;
  const said = new Set<string>();
  const once = (kind: string, message: string): void => {
    if (!said.has(kind)) warn?.(message);
    said.add(kind);
  };
  return ({ epoch, values }) => {
    const { emptyRows = 0, itemsInUse } = values;
    if (emptyRows > 0.1 && read === 'zeros') {
      once(
        'empty',
        `Epoch ${epoch}: shrinkage leaves ${(100 * emptyRows).toFixed(0)} % of the readings empty, ` +
          'so nothing of them is learned. Lower memory.shrinkage, or set memory.emptyRows=unshrunk.',
      );
    } else if (
      itemsInUse !== undefined &&
      itemsInUse <= 2 &&
      itemsInUse < Number(slots) &&
      emptyRows < 0.5
    ) {
      const which = emptyRows > 0 ? ' that shrinkage leaves any weight' : '';
      once(
        'collapse',
        `Epoch ${epoch}: all readings${which} use ${itemsInUse} memory item${itemsInUse === 1 ? '' : 's'}; ` +
          `the memory has collapsed.${advice}`,
      );
    }
  };
}
