// The memory operator beside PyTorch's: weights, reading, entropy and gradients.

import type { Backend } from '@memae/backend';
import {
  addressing,
  addressingEntropy,
  cosineSimilarity,
  dotSimilarity,
  hardShrinkage,
  reading,
  renormalisation,
} from '@memae/core';
import {
  add,
  constant,
  defineProgram,
  equal,
  gradients,
  mean,
  mul,
  parameter,
  sum,
} from '@memae/graph';
import { type Comparison, compare, norm } from './comparison.ts';
import { type MemoryCase, decodeTensor } from './golden-file.ts';

/** Runs one case on an engine and holds every figure against PyTorch's. */
export async function memoryFigures(backend: Backend, golden: MemoryCase): Promise<Comparison[]> {
  const query = parameter('query', decodeTensor(golden.query));
  const items = parameter('items', decodeTensor(golden.items));
  const similar = golden.similarity === 'cosine' ? cosineSimilarity : dotSimilarity;
  const soft = addressing(similar(query, items));
  const weights =
    golden.shrink_threshold === null
      ? soft
      : renormalisation(hardShrinkage(soft, golden.shrink_threshold));
  const output = reading(weights, items);
  const entropy = mean(addressingEntropy(weights));
  const loss = add(
    sum(mul(output, constant(decodeTensor(golden.output_cotangent)))),
    mul(entropy, golden.entropy_coefficient),
  );
  const found = gradients(loss, [query, items]);
  const executable = await backend.compile(
    defineProgram({
      soft_weights: soft,
      weights,
      output,
      entropy,
      empty_rows: sum(equal(sum(weights, { axes: [-1] }), 0)),
      grad_query: found.get(query) ?? loss,
      grad_items: found.get(items) ?? loss,
    }),
  );
  try {
    const ours = await executable.run({});
    const largestGradient = Math.max(
      norm([...decodeTensor(golden.grad_query).data]),
      norm([...decodeTensor(golden.grad_items).data]),
    );
    const names = ['soft_weights', 'weights', 'output', 'grad_query', 'grad_items'] as const;
    return [
      ...names.map((name) =>
        compare(name, { ours: ours[name], golden: decodeTensor(golden[name]), largestGradient }),
      ),
      ...(['entropy', 'empty_rows'] as const).map((name) =>
        compare(name, { ours: ours[name], golden: golden[name], largestGradient }),
      ),
    ];
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}
