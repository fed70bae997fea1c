// A process that opens a model, here or in a thread, as its argument says, and runs it once.

import { add, defineProgram, input, ndarray } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import { openOnnx, openOnnxThread } from '../ort/index.ts';

const open = process.argv[2] === 'thread' ? openOnnxThread : openOnnx;
const y = add(input('x', ['batch', 2]), 1);
const model = await open(encodeOnnx(defineProgram({ y })), { threads: 1 });
await model.run({ x: ndarray([1, 2], [1, 2]) });
await model[Symbol.asyncDispose]();
