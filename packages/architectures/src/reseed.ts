// A remedy against memory collapse: an item that no reading of an epoch used will hardly be used again,
// for it gets no gradient; as the encoding of a training sample it stands where queries are.

import { type Parameter, ndarray } from '@memae/graph';
import type { Care } from './bottleneck.ts';

/** After each of the first `epochs` epochs, gives the items that were not used new values, until there are no queries left. */
export function reseedUnused(stored: Parameter, { epochs }: { readonly epochs: number }): Care {
  const { name, initial } = stored.op;
  const [, width = 0] = initial.shape;
  return async ({ epoch, parameters, seen }, encode) => {
    const unused = (seen['itemsInUse'] ?? []).flatMap((used, item) => (used > 0 ? [] : [item]));
    if (epoch > epochs || unused.length === 0) return null;
    const queries = await encode(unused.length);
    const items = (parameters.get(name) ?? initial).data.slice();
    unused.slice(0, queries.shape[0]).forEach((item, i) => {
      items.set(queries.data.subarray(i * width, (i + 1) * width), item * width);
    });
    return new Map([[name, ndarray(items, initial.shape)]]);
  };
}
