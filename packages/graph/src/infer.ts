// Shape inference: what each operation gives, and what it refuses, when the graph is built.

import { MemaeError } from './error.ts';
import { type DType, type Shape, formatShape } from './ndarray.ts';
import type { Dim, Dims, Op, Tensor, Window } from './op.ts';

/**
 * Makes the tensor that an operation computes.
 * @throws `GRAPH_SHAPE_MISMATCH` with the operation's name and its operands' shapes.
 */
export function createTensor(op: Op): Tensor {
  const inferred = infer(op);
  requireLengths(inferred.dims, op);
  return { ...inferred, op };
}

interface Inferred {
  readonly dims: Dims;
  readonly dtype: DType;
}

function infer(op: Op): Inferred {
  switch (op.type) {
    case 'input':
    case 'parameter':
      throw new MemaeError('GRAPH_SHAPE_MISMATCH', `${op.type} states its own shape.`);
    case 'constant':
      return { dims: op.value.shape, dtype: op.value.dtype };
    case 'abs':
    case 'exp':
    case 'log':
    case 'neg':
    case 'relu':
    case 'leakyRelu':
    case 'sigmoid':
    case 'sign':
    case 'sqrt':
    case 'tanh':
      requireFloat(op);
      return float(op.inputs[0].dims);
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'maximum':
    case 'minimum':
    case 'greater':
    case 'greaterEqual':
    case 'equal':
    case 'where':
      requireFloat(op);
      return float(op.inputs.map((x) => x.dims).reduce((a, b) => broadcast(a, b, op)));
    case 'cast':
      return { dims: op.inputs[0].dims, dtype: op.to };
    case 'sum':
    case 'mean':
    case 'max': {
      requireFloat(op);
      const { dims } = op.inputs[0];
      requireAxes(op, op.axes);
      return float(
        op.keepDims
          ? dims.map((dim, axis) => (op.axes.includes(axis) ? 1 : dim))
          : dims.filter((_, axis) => !op.axes.includes(axis)),
      );
    }
    case 'softmax':
      requireFloat(op);
      requireAxes(op, [op.axis]);
      return float(op.inputs[0].dims);
    case 'argMax':
      requireFloat(op);
      requireAxes(op, [op.axis]);
      return { dims: op.inputs[0].dims.filter((_, axis) => axis !== op.axis), dtype: 'int32' };
    case 'size':
      requireAxes(op, op.axes);
      return float([]);
    case 'matmul':
      requireFloat(op);
      return float(matmulDims(op));
    case 'conv': {
      requireFloat(op);
      const [batch, from, space, to, kernelFrom, kernel] = convOperands(op);
      if (from !== kernelFrom)
        refuse(op, `the input has ${from} channels, the kernel takes ${kernelFrom}`);
      return float([batch, to, ...space.map((_, i) => slides(op, space, kernel, i))]);
    }
    case 'convTranspose': {
      requireFloat(op);
      const [batch, from, space, kernelFrom, to, kernel] = convOperands(op);
      if (from !== kernelFrom)
        refuse(op, `the input has ${from} channels, the kernel takes ${kernelFrom}`);
      const { window, outputPadding } = op;
      return float([
        batch,
        to,
        ...space.map((length, i) => {
          const extra = outputPadding[i] ?? -1;
          const stride = at(window.stride, i);
          if (!(extra >= 0 && extra < stride)) {
            refuse(
              op,
              `output padding ${formatShape(outputPadding)} must be from 0 to the stride less 1`,
            );
          }
          const out = (length - 1) * stride - 2 * at(window.padding, i) + at(kernel, i) + extra;
          if (out < 1) refuse(op, `axis ${i + 2} would have ${out} elements`);
          return out;
        }),
      ]);
    }
    case 'convKernelGradient': {
      requireFloat(op);
      const [x, y] = op.inputs;
      const space = spatial(op, x);
      const out = spatial(op, y);
      requireWindow(op, op.window, space.length);
      if (
        op.kernel.length !== space.length ||
        out.length !== space.length ||
        x.dims[0] !== y.dims[0]
      ) {
        refuse(op, `a kernel of ${formatShape(op.kernel)} does not fit them`);
      }
      space.forEach((_, i) => {
        if (slides(op, space, op.kernel, i) !== out[i]) {
          refuse(op, `a kernel of ${formatShape(op.kernel)} does not lead from one to the other`);
        }
      });
      return float([channels(op, y), channels(op, x), ...op.kernel]);
    }
    case 'reshape': {
      const { dims } = op.inputs[0];
      const count = (list: Dims): string => {
        const numbers = list.filter((dim) => dim !== 'batch');
        return `${list.length - numbers.length}/${numbers.reduce((a, b) => a * b, 1)}`;
      };
      if (count(dims) !== count(op.to)) refuse(op, `it cannot become ${formatShape(op.to)}`);
      return { dims: op.to, dtype: op.inputs[0].dtype };
    }
    case 'expand': {
      if (formatShape(broadcast(op.inputs[0].dims, op.to, op)) !== formatShape(op.to)) {
        refuse(op, `it cannot be expanded to ${formatShape(op.to)}`);
      }
      return { dims: op.to, dtype: op.inputs[0].dtype };
    }
    case 'transpose': {
      const { dims, dtype } = op.inputs[0];
      if ([...op.permutation].sort((a, b) => a - b).join() !== dims.map((_, i) => i).join()) {
        refuse(op, `[${op.permutation.join()}] is no permutation of its axes`);
      }
      return { dims: op.permutation.map((axis) => at(dims, axis)), dtype };
    }
    case 'concat': {
      const [first] = op.inputs;
      if (first === undefined) return refuse(op, 'it needs at least one tensor');
      const others = (x: Tensor): string => formatShape(x.dims.filter((_, i) => i !== op.axis));
      requireAxes(op, [op.axis]);
      let length = 0;
      for (const x of op.inputs) {
        const dim = x.dims[op.axis];
        if (typeof dim !== 'number' || others(x) !== others(first) || x.dtype !== first.dtype) {
          return refuse(op, `they must agree but for axis ${op.axis}`);
        }
        length += dim;
      }
      return {
        dims: first.dims.map((dim, i) => (i === op.axis ? length : dim)),
        dtype: first.dtype,
      };
    }
    case 'slice': {
      const [x] = op.inputs;
      requireAxes(op, [op.axis]);
      const length = at(x.dims, op.axis);
      if (length === 'batch' || !(op.start >= 0 && op.start < op.end && op.end <= length)) {
        refuse(op, `${op.start} to ${op.end} lies outside axis ${op.axis}`);
      }
      return {
        dims: x.dims.map((dim, i) => (i === op.axis ? op.end - op.start : dim)),
        dtype: x.dtype,
      };
    }
    case 'pad': {
      const [x] = op.inputs;
      requireAxes(op, [op.axis]);
      const length = at(x.dims, op.axis);
      if (length === 'batch' || op.before < 0 || op.after < 0) {
        return refuse(op, `axis ${op.axis} cannot be padded by ${op.before} and ${op.after}`);
      }
      return {
        dims: x.dims.map((dim, i) => (i === op.axis ? op.before + length + op.after : dim)),
        dtype: x.dtype,
      };
    }
    case 'gather': {
      const [x, index] = op.inputs;
      if (index.dtype !== 'int32') refuse(op, `the index must be int32, not ${index.dtype}`);
      requireAxes(op, [op.axis]);
      return {
        dims: [...x.dims.slice(0, op.axis), ...index.dims, ...x.dims.slice(op.axis + 1)],
        dtype: x.dtype,
      };
    }
    case 'withUpdate': {
      const [x, next] = op.inputs;
      const { parameter } = op;
      if (formatShape(next.dims) !== formatShape(parameter.dims) || next.dtype !== 'float32') {
        const came = `${next.dtype} ${formatShape(next.dims)}`;
        refuse(op, `${parameter.op.name} is float32 ${formatShape(parameter.dims)}, not ${came}`);
      }
      return { dims: x.dims, dtype: x.dtype };
    }
  }
}

function matmulDims(op: Extract<Op, { type: 'matmul' }>): Dims {
  const [a, b] = op.inputs;
  const side = (x: Tensor, transposed: boolean): readonly [Dim, Dim] => {
    const [row, column] = x.dims.slice(-2);
    if (row === undefined || column === undefined) {
      return refuse(op, 'both operands need two axes or more');
    }
    return transposed ? [column, row] : [row, column];
  };
  const [rows, inner] = side(a, op.transposeA);
  const [innerB, columns] = side(b, op.transposeB);
  if (inner !== innerB) {
    refuse(op, `the inner axes must agree, but ${inner} meets ${innerB}`);
  }
  return [...broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2), op), rows, columns];
}

/** Shape of two tensors made to fit by repeating axes of length 1, as NumPy does. */
function broadcast(a: Dims, b: Dims, op: Op): Dims {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    return refuse(op, `axis ${i} has ${left} elements on one side and ${right} on the other`);
  });
}

function convOperands(
  op: Extract<Op, { type: 'conv' | 'convTranspose' }>,
): readonly [Dim, number, Shape, number, number, Shape] {
  const [x, kernel] = op.inputs;
  const space = spatial(op, x);
  requireWindow(op, op.window, space.length);
  const [first, second, ...window] = numbers(op, kernel.dims);
  if (first === undefined || second === undefined || window.length !== space.length) {
    return refuse(op, `the kernel needs ${space.length + 2} axes`);
  }
  return [at(x.dims, 0), channels(op, x), space, first, second, window];
}

/** How many places a kernel takes as it slides along spatial axis `i`. */
function slides(
  op: Extract<Op, { type: 'conv' | 'convKernelGradient' }>,
  space: Shape,
  kernel: Shape,
  i: number,
): number {
  const free = at(space, i) + 2 * at(op.window.padding, i) - at(kernel, i);
  if (free < 0) refuse(op, `the kernel ${formatShape(kernel)} is larger than the padded input`);
  return Math.floor(free / at(op.window.stride, i)) + 1;
}

function spatial(op: Op, x: Tensor): Shape {
  if (x.dims.length < 3)
    refuse(op, 'the input needs batch, channels and at least one spatial axis');
  return numbers(op, x.dims.slice(2));
}

function channels(op: Op, x: Tensor): number {
  const [dim = 0] = numbers(op, x.dims.slice(1, 2));
  return dim;
}

function numbers(op: Op, dims: Dims): Shape {
  return dims.map((dim) =>
    dim === 'batch' ? refuse(op, 'only the first axis may be the batch') : dim,
  );
}

function requireWindow(op: Op, window: Window, rank: number): void {
  const { stride, padding } = window;
  if (stride.length !== rank || padding.length !== rank) {
    refuse(
      op,
      `stride [${stride.join()}] and padding [${padding.join()}] need ${rank} numbers each`,
    );
  }
  const whole = [...stride, ...padding].every(Number.isInteger);
  if (!whole || stride.some((s) => s < 1) || padding.some((p) => p < 0)) {
    refuse(
      op,
      `stride [${stride.join()}] must be whole and positive, padding [${padding.join()}] whole and not negative`,
    );
  }
}

function requireAxes(op: Op, axes: readonly number[]): void {
  const rank = op.inputs[0]?.dims.length ?? 0;
  const bad = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= rank);
  if (bad !== undefined) refuse(op, `there is no axis ${bad}`);
  if (new Set(axes).size < axes.length) refuse(op, `axes [${axes.join()}] name one axis twice`);
}

/** Refuses lengths that are not whole and positive. */
export function requireLengths(dims: Dims, op: Op): void {
  const bad = dims.find((dim) => dim !== 'batch' && !(Number.isInteger(dim) && dim > 0));
  if (bad !== undefined)
    refuse(op, `it would be ${formatShape(dims)}, but lengths are whole and positive`);
}

function requireFloat(op: Op): void {
  const other = op.inputs.find((x) => x.dtype !== 'float32');
  if (other !== undefined) refuse(op, `it takes float32, not ${other.dtype}; cast first`);
}

function float(dims: Dims): Inferred {
  return { dims, dtype: 'float32' };
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no element ${index} of ${list.length}`);
  return value;
}

function refuse(op: Op, why: string): never {
  const shapes = op.inputs.map((x) => formatShape(x.dims)).join(' and ');
  const subject = 'name' in op ? `${op.type} ${op.name}` : `${op.type} of ${shapes}`;
  throw new MemaeError('GRAPH_SHAPE_MISMATCH', `${subject}: ${why}.`);
}
