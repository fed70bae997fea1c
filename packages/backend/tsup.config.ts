import { library } from '@memae/build-config/tsup';
import { defineConfig } from 'tsup';

export default defineConfig({
  ...library,
  entry: [
    'src/index.ts',
    'src/ort/index.ts',
    'src/ort/onnx-thread.ts',
    'src/tfjs/index.ts',
    'src/tfjs-layers/index.ts',
    'src/reference/index.ts',
    'src/contract/index.ts',
  ],
});
