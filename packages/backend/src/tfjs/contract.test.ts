import { it } from 'vitest';
import { backendContract } from '../contract/index.ts';
import { tfjsBackend } from './index.ts';

const native = tfjsBackend('tfjs', { threads: 1 });
const reason = await native.unavailable();
if (reason === null) backendContract(native);
else it.skip(`contract: tfjs cannot run here: ${reason}`);

// Some kernels of WebAssembly's gradients are missing, others compute something else.
backendContract(tfjsBackend('tfjs-wasm'), { lacks: ['convKernelGradient', 'convTranspose'] });
backendContract(tfjsBackend('tfjs-cpu'));
