import { library } from '@memae/build-config/tsup';
import { defineConfig } from 'tsup';

export default defineConfig({
  ...library,
  entry: ['src/index.ts', 'src/rest/index.ts', 'src/grpc/index.ts', 'src/main.ts'],
});
