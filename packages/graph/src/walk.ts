// The order in which a graph can be computed.

import type { Tensor } from './op.ts';

/** Every tensor that the roots need, each after its inputs, each once. Deep graphs are fine. */
export function inOrder(roots: Iterable<Tensor>): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { readonly tensor: Tensor; next: number }[] = [];
  const visit = (tensor: Tensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    stack.push({ tensor, next: 0 });
  };
  for (const root of roots) {
    visit(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.tensor.op.inputs[top.next];
      top.next += 1;
      if (child !== undefined) {
        visit(child);
      } else {
        order.push(top.tensor);
        stack.pop();
      }
    }
  }
  return order;
}
