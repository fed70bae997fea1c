import { backendContract } from '../contract/index.ts';
import { ortBackend } from './index.ts';

backendContract(ortBackend({ threads: 1 }));
