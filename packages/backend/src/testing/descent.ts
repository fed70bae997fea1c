// For tests: gradient descent on networks that are small, but have every kind of pass in them.

import {
  type NdArray,
  type Parameter,
  type Program,
  type Shape,
  type Tensor,
  conv,
  convTranspose,
  createRandom,
  defineProgram,
  gradients,
  input,
  matmul,
  mean,
  mul,
  ndarray,
  parameter,
  relu,
  sizeOf,
  square,
  sub,
  sum,
  tanh,
} from '@memae/graph';

const random = createRandom(5);

/** Numbers from −1 to 1. */
export function drawn(shape: Shape): NdArray {
  return ndarray(
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)),
    shape,
  );
}

/** A convolution down and up: x [B, channels, 5, 5]. */
export function convolutionalDescent(channels = 2): Program<'loss'> {
  const x = input('x', ['batch', channels, 5, 5]);
  const down = parameter('down', drawn([6, channels, 3, 3]));
  const up = parameter('up', drawn([6, channels, 3, 3]));
  const window = { stride: [2, 2], padding: [1, 1] };
  const y = convTranspose(relu(conv(x, down, window)), up, window);
  return descent(mean(sum(square(sub(x, y)), { axes: [1, 2, 3] })), [down, up]);
}

/** Two dense layers: x [B, 6]. */
export function denseDescent(): Program<'loss'> {
  const x = input('x', ['batch', 6]);
  const down = parameter('down', drawn([6, 3]));
  const up = parameter('up', drawn([3, 6]));
  const y = matmul(tanh(matmul(x, down)), up);
  return descent(mean(sum(square(sub(x, y)), { axes: [1] })), [down, up]);
}

function descent(loss: Tensor, parameters: readonly Parameter[]): Program<'loss'> {
  const found = gradients(loss, parameters);
  const updates = parameters.map((p) => [p, sub(p, mul(found.get(p) ?? loss, 0.001))] as const);
  return defineProgram({ loss }, new Map(updates));
}
