// Files to results, by the server's own scoring of files.

import type { ModelDescription } from './answers.ts';
import { ask } from './ask.ts';
import type { ColumnShare, ItemUse, Result } from './result.ts';
import type { Tell } from './use-scoring.ts';

interface ScoreAnswer {
  readonly scores: readonly {
    readonly key: string;
    readonly score: number;
    /** Of the highest scores; pictures are PNG in base64. */
    readonly explanation?: {
      readonly sample?: string;
      readonly reconstruction?: string;
      readonly errorMap?: string;
      readonly contributions?: readonly ColumnShare[];
      readonly memory?: readonly ItemUse[];
    };
  }[];
}

/** Results come a part at a time, so that the first are seen soon. */
const filesAtOnce = 8;
const parts = 'sample,reconstruction,errorMap,contributions,memory';

/**
 * Scores files, several of which make up a request where the model takes each for itself.
 * @throws `Refusal`
 */
export async function* scoreFiles(
  { name, version }: ModelDescription,
  files: readonly File[],
  { signal, onBusy }: Tell,
): AsyncGenerator<Result[]> {
  for (let start = 0; start < files.length; start += filesAtOnce) {
    const body = new FormData();
    for (const file of files.slice(start, start + filesAtOnce))
      body.append('file', file, file.name);
    const { scores } = await ask<ScoreAnswer>(
      `/models/${name}/score?version=${version}&explain=${parts}`,
      { method: 'POST', body, signal, onBusy },
    );
    yield scores.map(({ key, score, explanation = {} }) => {
      const { sample, reconstruction, errorMap, contributions, memory } = explanation;
      return {
        key,
        score,
        ...(sample !== undefined &&
          reconstruction !== undefined &&
          errorMap !== undefined && {
            pictures: {
              sample: address(sample),
              reconstruction: address(reconstruction),
              overlay: address(errorMap),
            },
          }),
        ...(contributions && { columns: contributions }),
        ...(memory && { memory }),
      };
    });
  }
}

function address(png: string): string {
  return `data:image/png;base64,${png}`;
}
