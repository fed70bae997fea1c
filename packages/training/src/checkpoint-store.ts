// Where a training run keeps its state. A file is replaced whole or not at all.

import { readFile } from 'node:fs/promises';
import { hasCode } from '@memae/graph';
import { writeFileAtomic } from '@memae/onnx';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

/** Loads the last checkpoint saved, if any, and saves the next. */
export interface CheckpointStore {
  /** @throws `TRAIN_CHECKPOINT_CORRUPT` */
  load(): Promise<Checkpoint | null>;
  save(checkpoint: Checkpoint): Promise<void>;
}

/** A checkpoint in one file, written beside it first and then renamed over it. */
export function fileCheckpoints(path: string): CheckpointStore {
  return {
    load: async () => {
      const bytes = await readFile(path).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return null;
        throw error;
      });
      return bytes === null ? null : decodeCheckpoint(bytes, `The checkpoint ${path}`);
    },
    save: (checkpoint) => writeFileAtomic(path, encodeCheckpoint(checkpoint)),
  };
}
