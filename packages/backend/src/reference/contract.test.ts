import { backendContract } from '../contract/index.ts';
import { referenceBackend } from './index.ts';

backendContract(referenceBackend);
