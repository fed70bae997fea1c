export { addressing } from './addressing.ts';
export { addressingEntropy } from './addressing-entropy.ts';
export { hardShrinkage } from './hard-shrinkage.ts';
export { type MemoryHealth, memoryHealth } from './memory-health.ts';
export {
  type Memory,
  type MemoryOptions,
  type MemoryReading,
  createMemory,
  largestShrinkage,
  overPositions,
  overSamples,
} from './memory.ts';
export { memoryDistance } from './memory-distance.ts';
export { reading } from './reading.ts';
export {
  type ErrorKind,
  type Reduction,
  errorMap,
  reconstructionError,
} from './reconstruction-error.ts';
export { renormalisation } from './renormalisation.ts';
export {
  type Similarity,
  type SimilarityOptions,
  cosineSimilarity,
  dotSimilarity,
} from './similarity.ts';
export { type EmptyRows, sparseAddressing } from './sparse-addressing.ts';
