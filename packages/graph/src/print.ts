// A program as people read it: one line an operation, numbered in the order of computation.

import { formatShape } from './ndarray.ts';
import type { Op } from './op.ts';
import type { Program } from './program.ts';
import { inOrder } from './walk.ts';

/** A listing such as `%3 = conv(%0, %2) stride [2,2] padding [1,1] : float32 batch×16×14×14`. */
export function printProgram(program: Program): string {
  const roots = [...Object.values(program.outputs), ...program.updates.values()];
  const names = new Map(inOrder(roots).map((tensor, i) => [tensor, `%${i}`]));
  const lines = [...names].map(([tensor, name]) => {
    const inputs = tensor.op.inputs.map((x) => names.get(x)).join(', ');
    return `${name} = ${tensor.op.type}(${inputs})${attributes(tensor.op)} : ${tensor.dtype} ${formatShape(tensor.dims)}`;
  });
  for (const [name, tensor] of Object.entries(program.outputs)) {
    lines.push(`output ${name} = ${names.get(tensor) ?? ''}`);
  }
  for (const [parameter, tensor] of program.updates) {
    lines.push(`update ${parameter.op.name} ← ${names.get(tensor) ?? ''}`);
  }
  return lines.join('\n');
}

function attributes(op: Op): string {
  if (op.type === 'constant')
    return ` ${op.value.data.length === 1 ? (op.value.data[0] ?? 0) : '…'}`;
  const shown = Object.entries(op).flatMap(([key, value]: [string, unknown]) => {
    if (['type', 'inputs', 'initial', 'parameter'].includes(key)) return [];
    if (key === 'window') {
      const { stride, padding } = value as { stride: number[]; padding: number[] };
      return [`stride [${stride.join()}] padding [${padding.join()}]`];
    }
    return [`${key} ${Array.isArray(value) ? `[${value.join()}]` : String(value)}`];
  });
  return shown.map((text) => ` ${text}`).join('');
}
