export { type EncodeOptions, encodeOnnx } from './encode.ts';
