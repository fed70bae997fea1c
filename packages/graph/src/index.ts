export {
  type ColumnEncoding,
  type DatePart,
  type RowColumn,
  type RowSchema,
  featuresOf,
  rowFeatures,
} from './columns.ts';
export { MemaeError, hasCode } from './error.ts';
export {
  type AnyNdArray,
  type DType,
  type NdArray,
  type Shape,
  type TypedArrays,
  createData,
  formatShape,
  ndarray,
  sizeOf,
  slice,
  stack,
  take,
  zeros,
} from './ndarray.ts';
export { type Random, createRandom } from './random.ts';
export { createTensor } from './infer.ts';
export { differentiate, gradients } from './gradients.ts';
export {
  type Dim,
  type Dims,
  type Input,
  type Op,
  type OpOf,
  type OpType,
  type Parameter,
  type Tensor,
  type Window,
  isElementwise,
} from './op.ts';
export * from './ops.ts';
export { printProgram } from './print.ts';
export {
  type ParameterValues,
  type Program,
  assemble,
  bindParameters,
  defineProgram,
  isInput,
  isParameter,
} from './program.ts';
export { type Graph, rewrite, specialise, withInputs } from './rewrite.ts';
export { inOrder } from './walk.ts';
export { type BatchNormOptions, batchNorm } from './layers/batch-norm.ts';
export {
  type ConvolutionOptions,
  convolution,
  transposedConvolution,
} from './layers/convolution.ts';
export { dense } from './layers/dense.ts';
export { type Initializer, fanIn, filled, normal, uniform } from './layers/initializers.ts';
export {
  type Layer,
  type LayerInit,
  type Mode,
  activation,
  createParameter,
  sequential,
} from './layers/layer.ts';
