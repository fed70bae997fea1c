import { detectorContract } from '@memae/training/contract';
import { architectures } from './index.ts';
import { kinds } from './testing/kinds.ts';

for (const plugin of architectures) {
  for (const kind of kinds) detectorContract(plugin, kind);
}
