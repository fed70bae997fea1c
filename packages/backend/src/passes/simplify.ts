// Small rewrites that change no value: what the general rules of gradients and layout leave behind.

import {
  type Dims,
  type Graph,
  type Tensor,
  concat,
  constant,
  expand,
  formatShape,
  inOrder,
  isElementwise,
  matmul,
  maximum,
  mul,
  reshape,
  rewrite,
  sizeOf,
  sliceAxis,
  transpose,
  withInputs,
} from '@memae/graph';

/** Rewrites until nothing simplifies any more. */
export function simplify<O extends string>(graph: Graph<O>): Graph<O> {
  let before = -1;
  let now = graph;
  for (let size = sizeOfGraph(now); size !== before; size = sizeOfGraph(now)) {
    before = size;
    const known = new Map<string, Tensor>();
    const ids = new Map<Tensor, number>();
    now = rewrite(now, (tensor, inputs) =>
      shared(simplified(tensor, inputs) ?? withInputs(tensor, inputs), { known, ids }),
    );
  }
  return now;
}

function sizeOfGraph(graph: Graph): number {
  return inOrder([...Object.values(graph.outputs), ...graph.updates.values()]).length;
}

function simplified(tensor: Tensor, inputs: readonly Tensor[]): Tensor | undefined {
  const { op, dims } = tensor;
  const [a, b] = inputs;
  if (a === undefined) return undefined;
  if (isElementwise(op)) {
    if (b !== undefined && sameDims(a.dims, dims) && isScalar(b, op.type)) return a;
    if (b !== undefined && sameDims(b.dims, dims) && isScalar(a, op.type, true)) return b;
    if (op.type === 'where') return gated(tensor, inputs);
    return elementwise(tensor, inputs);
  }
  switch (op.type) {
    case 'reshape': {
      if (sameDims(a.dims, dims)) return a;
      return a.op.type === 'reshape' ? reshape(a.op.inputs[0], dims) : undefined;
    }
    case 'expand':
      return sameDims(a.dims, dims) ? a : undefined;
    case 'size':
      return sizeConstant(a.dims, op.axes);
    case 'transpose': {
      if (a.op.type === 'transpose') {
        const inner = a.op.permutation;
        return transpose(
          a.op.inputs[0],
          op.permutation.map((axis) => inner[axis] ?? 0),
        );
      }
      // Axes of length one may move freely: the numbers stay where they are in memory.
      const moved = op.permutation.filter((axis) => a.dims[axis] !== 1);
      return moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0))
        ? reshape(a, dims)
        : undefined;
    }
    case 'matmul': {
      if (b === undefined || a.dims.length !== 2 || b.dims.length !== 2) return undefined;
      const [left, right] = [flipped(a), flipped(b)];
      if (left === undefined && right === undefined) return undefined;
      return matmul(left ?? a, right ?? b, {
        transposeA: op.transposeA !== (left !== undefined),
        transposeB: op.transposeB !== (right !== undefined),
      });
    }
    case 'sum':
      return sumOfProducts(tensor, a);
    case 'slice': {
      if (sameDims(a.dims, dims)) return a;
      if (a.op.type !== 'slice' || a.op.axis !== op.axis) return undefined;
      const { start } = a.op;
      return sliceAxis(a.op.inputs[0], {
        axis: op.axis,
        start: start + op.start,
        end: start + op.end,
      });
    }
    case 'concat': {
      const joined = joinSlices(inputs, op.axis);
      if (joined.length === inputs.length) return undefined;
      const [only] = joined;
      return joined.length === 1 && only !== undefined ? only : concat(joined, op.axis);
    }
    default:
      return undefined;
  }
}

/** What a matrix is the transpose of. Two transposes in a row are one that may turn nothing. */
function flipped({ op }: Tensor): Tensor | undefined {
  return op.type === 'transpose' && op.permutation[0] === 1 ? op.inputs[0] : undefined;
}

/** The gradient of relu, leaking or not: a product with its mask takes half the time of a choice. */
function gated({ dims }: Tensor, [mask, a, b]: readonly Tensor[]): Tensor | undefined {
  if (mask?.op.type !== 'greater' || a === undefined || b === undefined) return undefined;
  const [y, limit] = mask.op.inputs;
  // The product has no axes that only the mask or the other choice brings.
  if (!isZero(limit) || !sameDims(y.dims, a.dims) || !sameDims(a.dims, dims)) return undefined;
  if (y.op.type === 'relu') return isZero(b) ? mul(a, mask) : undefined;
  if (y.op.type !== 'leakyRelu' || b.op.type !== 'mul') return undefined;
  const { slope } = y.op;
  const [g, factor] = b.op.inputs;
  const leaks = g === a && factor.op.type === 'constant' && sameDims(factor.dims, []);
  const same = leaks && factor.op.value.data[0] === Math.fround(slope);
  return same && slope > 0 && slope < 1 ? mul(a, maximum(mask, slope)) : undefined;
}

/** Σ over all leading axes of aᵀ·b is one product of all the rows of both. */
function sumOfProducts({ op, dims }: Tensor, x: Tensor): Tensor | undefined {
  if (op.type !== 'sum' || x.op.type !== 'matmul' || !x.op.transposeA || x.op.transposeB) {
    return undefined;
  }
  const [a, b] = x.op.inputs;
  const leading = x.dims.length - 2;
  const whole =
    op.axes.length === leading &&
    op.axes.every((axis) => axis < leading) &&
    sameDims(a.dims.slice(0, -1), b.dims.slice(0, -1));
  if (!whole || leading === 0 || a.dims.includes('batch')) return undefined;
  const rows = (y: Tensor): Tensor => {
    const lengths = y.dims.map(Number);
    const width = lengths.at(-1) ?? 1;
    return reshape(y, [sizeOf(lengths) / width, width]);
  };
  return reshape(matmul(rows(a), rows(b), { transposeA: true }), dims);
}

/** Moves repetition and reshaping from before an elementwise operation to behind it, where they meet their like. */
function elementwise(tensor: Tensor, inputs: readonly Tensor[]): Tensor | undefined {
  const { dims } = tensor;
  // A repeated operand need not be repeated beforehand, nor given leading axes: the operation does that.
  const bare = inputs.map((x) => {
    if (x.op.type === 'expand') return x.op.inputs[0];
    return x.op.type === 'reshape' && onlyLeads(x.op.inputs[0].dims, x.dims) ? x.op.inputs[0] : x;
  });
  if (bare.some((x, i) => x !== inputs[i])) {
    const smaller = withInputs(tensor, bare);
    if (sameDims(smaller.dims, dims)) return smaller;
    if (inputs.some((x) => x.op.type === 'expand')) return expand(smaller, dims);
  }
  // All operands under other axes: compute there, unless one is repeated across them.
  const source = inputs.find((x) => x.op.type === 'reshape')?.op.inputs[0]?.dims;
  if (source === undefined || isLongRow(tensor)) return undefined;
  const last = source.at(-1);
  const operands = inputs.map((x) => {
    if (x.dims.length === 0) return x;
    if (x.dims.length === 1 && x.dims[0] === last && last === dims.at(-1)) return x;
    const from = x.op.type === 'reshape' ? x.op.inputs[0] : undefined;
    return from !== undefined && sameDims(x.dims, dims) && sameDims(from.dims, source)
      ? from
      : undefined;
  });
  if (!operands.every((x) => x !== undefined)) return undefined;
  return reshape(withInputs(tensor, operands), dims);
}

/** Where many numbers lie in one row, that is on purpose (see `../ort/row-sums.ts`). */
function isLongRow({ dims }: Tensor): boolean {
  return dims.length === 1 && Number(dims[0]) >= 2 ** 16;
}

/** Whether a shape only puts axes of length one before another. */
function onlyLeads(from: Dims, to: Dims): boolean {
  const added = to.length - from.length;
  return added > 0 && to.every((dim, i) => dim === (i < added ? 1 : from[i - added]));
}

/** Neighbouring slices of one tensor become one slice. */
function joinSlices(inputs: readonly Tensor[], axis: number): Tensor[] {
  const joined: Tensor[] = [];
  for (const tensor of inputs) {
    const last = joined.at(-1);
    if (
      last?.op.type === 'slice' &&
      tensor.op.type === 'slice' &&
      last.op.inputs[0] === tensor.op.inputs[0] &&
      last.op.axis === axis &&
      tensor.op.axis === axis &&
      last.op.end === tensor.op.start
    ) {
      const { start } = last.op;
      joined[joined.length - 1] = sliceAxis(tensor.op.inputs[0], {
        axis,
        start,
        end: tensor.op.end,
      });
    } else {
      joined.push(tensor);
    }
  }
  return joined;
}

/** Whether a constant side of an operation leaves the other as it is. */
function isScalar(x: Tensor, type: string, left = false): boolean {
  if (x.op.type !== 'constant' || x.op.value.data.length !== 1) return false;
  const value = x.op.value.data[0];
  if (type === 'mul') return value === 1;
  if (type === 'div') return value === 1 && !left;
  if (type === 'add') return value === 0;
  return type === 'sub' && value === 0 && !left;
}

function isZero(x: Tensor): boolean {
  return x.op.type === 'constant' && x.op.value.data.every((value) => value === 0);
}

function sizeConstant(dims: Dims, axes: readonly number[]): Tensor | undefined {
  const lengths = axes.map((axis) => dims[axis]);
  if (lengths.includes('batch')) return undefined;
  return constant(lengths.reduce<number>((product, length) => product * Number(length), 1));
}

function sameDims(a: Dims, b: Dims): boolean {
  return formatShape(a) === formatShape(b);
}

/** The tensor computed already by the same operation on the same inputs, if there is one. */
function shared(
  tensor: Tensor,
  { known, ids }: { readonly known: Map<string, Tensor>; readonly ids: Map<Tensor, number> },
): Tensor {
  const { op } = tensor;
  if (op.type === 'input' || op.type === 'parameter') return tensor;
  if (op.type === 'constant' && op.value.data.length !== 1) return tensor;
  const idOf = (x: Tensor): number => {
    const id = ids.get(x) ?? ids.size;
    ids.set(x, id);
    return id;
  };
  const key = JSON.stringify({ ...op, inputs: op.inputs.map(idOf) }, (name, value: unknown) =>
    name === 'data' ? [...(value as Float32Array)].map(String) : value,
  );
  const found = known.get(key) ?? tensor;
  known.set(key, found);
  return found;
}
