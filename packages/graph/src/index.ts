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
