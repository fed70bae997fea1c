// A remedy against memory collapse: an item that no reading of an epoch used will hardly be used again,
// for it gets no gradient; along the encoding of a training sample it lies where queries are. It gets the
// length that the items in use have: with the dot product a longer one would draw all readings to itself.

import { type Parameter, ndarray } from '@memae/graph';
import type { Care } from './bottleneck.ts';

/** After each of the first `epochs` epochs, gives the items that were not used new values, until there are no queries left. */
export function reseedUnused(stored: Parameter, { epochs }: { readonly epochs: number }): Care {
  const { name, initial } = stored.op;
  const [, width = 0] = initial.shape;
  return async ({ epoch, parameters, seen }, encode) => {
    const used = seen['itemsInUse'] ?? [];
    const unused = used.flatMap((use, item) => (use > 0 ? [] : [item]));
    if (epoch > epochs || unused.length === 0) return null;
    const queries = await encode(unused.length);
    const items = (parameters.get(name) ?? initial).data.slice();
    const row = (of: Float32Array, i: number) => of.subarray(i * width, (i + 1) * width);
    const others = used.flatMap((use, item) => (use > 0 ? [lengthOf(row(items, item))] : []));
    const length = others.reduce((sum, one) => sum + one, 0) / Math.max(1, others.length);
    unused.slice(0, queries.shape[0]).forEach((item, i) => {
      const query = row(queries.data, i);
      // Where no item was in use there is no length to keep to, and a query of length zero has no direction.
      const scale = length > 0 ? length / (lengthOf(query) || 1) : 1;
      row(items, item).set(query.map((value) => scale * value));
    });
    return new Map([[name, ndarray(items, initial.shape)]]);
  };
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}
