// A method's outcome as the artifact that `memae score` and the server read.

import { type ArtifactToWrite, plainName } from '@memae/onnx';
import packageJson from '../../package.json' with { type: 'json' };
import type { Comparison, MethodOutcome } from '../compare/comparison.ts';

/** What `writeArtifact` takes, for one method of a comparison. */
export function artifactOf(
  { data, seed, engine }: Pick<Comparison, 'data' | 'seed' | 'engine'>,
  { id, options, threshold, normaliser, calibration, exported, history }: MethodOutcome,
): ArtifactToWrite {
  return {
    model: exported.model,
    manifest: {
      library: packageJson.version,
      createdBy: `@memae/experiments, ${engine}`,
      method: id,
      options,
      seed,
      data: {
        name: plainName(`${data.name} ${data.normal}`),
        fingerprint: data.fingerprint,
        samples: data.train,
      },
      input: exported.input,
      outputs: exported.outputs,
      threshold,
      normaliser,
      calibration,
    },
    log: history.map(({ epoch, seconds, values }) => ({ epoch, seconds, ...values })),
  };
}
