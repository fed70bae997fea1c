// @memae/backend/tfjs-layers: the memory for models written with TensorFlow.js.

import { registerConv3dTransposeGradient } from './conv3d-transpose-gradient.ts';

export { type AddressingOptions, addressingEntropy } from './addressing.ts';
export { MemoryLayer, type MemoryLayerArgs, memory } from './memory-layer.ts';

registerConv3dTransposeGradient();
