// p-values of several tests, corrected so that the chance of any false alarm among them is no more than the level
// (Holm 1979): of n tests the smallest p-value is multiplied by n, the next by n − 1, and none comes out below one before it.

/** Corrected p-values, in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const corrected = [...pValues];
  let highest = 0;
  order.forEach((place, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues[place] ?? 1) * (order.length - rank)));
    corrected[place] = highest;
  });
  return corrected;
}
