// Scores of labelled samples, kept with a finished run: by them the rule f1 chooses a threshold later.

import { calibrate, calibrateLabelled } from '@memae/metrics';
import { type Calibration, plainName, readArtifact, writeArtifact } from '@memae/onnx';

export interface LabelledScores {
  /** The name of the data. */
  readonly data: string;
  readonly scores: ArrayLike<number>;
  /** 1 = anomalous. */
  readonly labels: ArrayLike<number>;
}

/**
 * Writes the manifest anew, with these scores in place of labelled ones that it may have had. A model of an earlier
 * version, which has no scores of normal samples, gets those among them.
 * @throws `METRIC_SINGLE_CLASS` where not both kinds came; as `readArtifact` and `writeArtifact`
 */
export async function keepLabelled(
  folder: string,
  { data, scores, labels }: LabelledScores,
): Promise<Calibration> {
  const labelled = { data: plainName(data), ...calibrateLabelled(scores, labels) };
  const { manifest, ...rest } = await readArtifact(folder);
  const normal = Array.from(scores).filter((_, i) => labels[i] === 0);
  const calibration = { ...(manifest.calibration ?? calibrate(normal)), labelled };
  await writeArtifact(folder, { ...rest, manifest: { ...manifest, calibration } });
  return calibration;
}
