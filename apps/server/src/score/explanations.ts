// Why samples have their scores, in the parts that were asked for; pictures as PNG in base64.

import type { Batch } from '@memae/datasets';
import { type ColumnShare, type Scorer, explain } from '@memae/scoring';
import { serverError } from '../core/error.ts';

export const explanationParts = [
  'sample',
  'errorMap',
  'reconstruction',
  'memory',
  'contributions',
] as const;

export type ExplanationPart = (typeof explanationParts)[number];

/** Pictures take their time, and much room. */
export const maxExplained = 64;
/** Of all samples together, colours and frames of a clip counted: 8 pictures of a megapixel in grey. */
export const maxExplainedNumbers = 2 ** 23;

/** What the model has of what was asked for. */
export interface SampleExplanation {
  /** As the model sees it. */
  readonly sample?: string;
  /** The errors over the sample in grey. */
  readonly errorMap?: string;
  readonly reconstruction?: string;
  /** The items read, the highest weight first; decoded where the artifact keeps that. */
  readonly memory?: readonly {
    readonly item: number;
    readonly weight: number;
    readonly decoded?: string;
  }[];
  /** Of a row, the largest error first. */
  readonly contributions?: readonly ColumnShare[];
}

/** @throws `SERVER_BAD_REQUEST` naming a part that there is not */
export function readParts(text: string | undefined): ExplanationPart[] {
  const words = text?.split(',') ?? [];
  return words.map((word) => {
    const part = explanationParts.find((each) => each === word);
    if (part !== undefined) return part;
    const known = explanationParts.join(', ');
    throw serverError(
      'SERVER_BAD_REQUEST',
      `There is nothing called "${word}" to explain by. Known: ${known}.`,
    );
  });
}

/** @throws as `explain` */
export async function explainSamples(
  scorer: Scorer,
  batch: Batch,
  parts: readonly ExplanationPart[],
): Promise<SampleExplanation[]> {
  const { examples } = scorer;
  const typical = examples?.typicalError ?? 0;
  const explained = await explain(scorer, batch, typical > 0 ? { scale: 2 * typical } : {});
  return explained.map(({ pictures, columns, memory }) => {
    const whole: SampleExplanation = {
      ...(pictures && {
        sample: base64(pictures.sample),
        errorMap: base64(pictures.overlay),
        reconstruction: base64(pictures.reconstruction),
      }),
      ...(memory && {
        memory: memory.map((use) => {
          const decoded = examples?.items.find(({ item }) => item === use.item)?.decoded
            ?.pictures?.[0];
          return { ...use, ...(decoded !== undefined && { decoded }) };
        }),
      }),
      ...(columns && { contributions: columns }),
    };
    return Object.fromEntries(
      parts.flatMap((part) => (whole[part] === undefined ? [] : [[part, whole[part]]])),
    );
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
