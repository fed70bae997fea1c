// For tests: artifacts of small models, trained here and now, and the answers they give without a server.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memae } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { type Dataset, openSplit } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { type Preparation, encodeOnnx, writeArtifact } from '@memae/onnx';
import { summariseInputs } from '@memae/scoring';
import { decideFromNormal, withDecision } from '@memae/training';

/** A folder that is removed by `clear`. */
export async function createFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'memae-server-'));
  return {
    path: (...names: readonly string[]) => join(folder, ...names),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface TrainOptions {
  readonly data: 'strokes' | 'flows';
  readonly seed?: number;
}

/** Trains for an epoch on few samples, and writes the artifact. */
export async function trainModel(folder: string, { data, seed = 1 }: TrainOptions): Promise<void> {
  const random = createRandom(seed);
  const split = await openSplit(data, {
    random,
    limit: 100,
    ...(data === 'strokes' && { normal: 3 }),
  });
  const train: Dataset = split.train;
  const backend = await ortBackend({ threads: 1 }).open();
  const method = memae.create({
    'training.epochs': 1,
    'training.batch': 32,
    'memory.slots': 10,
    'memory.shrinkage': 0.5,
  });
  const detector = await method.fit(train, { backend, random });
  const scores: number[] = [];
  for await (const { samples } of train.batches({ size: 64 }))
    scores.push(...(await detector.score(samples)));
  const { decision, threshold, calibration } = decideFromNormal(scores, {
    rule: 'quantile',
    falseAlarms: 0.1,
  });
  const program = withDecision(detector.program, decision);
  const preparation: Preparation | undefined =
    'encoder' in split ? { kind: 'rows', columns: split.encoder.columns } : undefined;
  const [input] = program.inputs;
  if (input === undefined) throw new TypeError('the program has no input');
  const taken = { name: input.op.name, dtype: input.dtype, dims: input.dims };
  const inputs = await summariseInputs(train, {
    ...{ input: taken, random },
    ...(preparation && { preparation }),
  });
  await writeArtifact(folder, {
    model: encodeOnnx(program),
    manifest: {
      ...{ library: '0.0.0', createdBy: 'a test', method: 'memae', options: {}, seed },
      data: { name: data, fingerprint: '0'.repeat(64), samples: train.length },
      input: taken,
      ...(inputs && { inputs }),
      ...(preparation && { preparation }),
      outputs: Object.fromEntries(
        Object.entries(program.outputs).map(([name, { dtype, dims }]) => [name, { dtype, dims }]),
      ),
      threshold,
      normaliser: { kind: 'logistic', center: decision.threshold, scale: decision.scale },
      calibration,
    },
  });
  await detector[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
}
