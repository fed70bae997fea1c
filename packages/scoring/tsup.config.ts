import { library } from '@memae/build-config/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(library);
