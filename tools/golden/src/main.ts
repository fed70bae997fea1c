// Prints, for each golden file and engine, the figure that is furthest from PyTorch's.

import { engines } from './engines.ts';
import { goldenFigures } from './golden-figures.ts';
import { goldenFolder, goldenNames } from './golden-file.ts';

const names = goldenNames();
if (names.length === 0) {
  console.log(`No golden figures in ${goldenFolder}; name their folder in MEMAE_GOLDEN.`);
}
for (const { engine, unavailable } of engines) {
  if (unavailable !== null) console.log(`${engine.id} cannot run here: ${unavailable}`);
}
let failed = false;
for (const name of names) {
  for (const { engine, unavailable } of engines) {
    if (unavailable !== null) continue;
    const figures = await goldenFigures(engine, name);
    // No number at all is the worst of errors.
    const worst = figures.reduce((a, b) =>
      Number.isNaN(a.shareOfTolerance) || a.shareOfTolerance >= b.shareOfTolerance ? a : b,
    );
    const within = worst.shareOfTolerance <= 1;
    failed ||= !within;
    console.log(
      [
        within ? 'ok  ' : 'FAIL',
        name.padEnd(20),
        engine.id.padEnd(10),
        `${figures.length} figures, worst error ${worst.relativeError.toExponential(1)},`,
        `${(100 * worst.shareOfTolerance).toPrecision(2)} % of the tolerance (${worst.name})`,
      ].join(' '),
    );
  }
}
process.exitCode = failed ? 1 : 0;
