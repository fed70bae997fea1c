// What a run keeps to be explained by, looked for by the engine that trained it.

import type { Backend } from '@memae/backend';
import { type Program, type Random, ndarray } from '@memae/graph';
import type { Examples, ManifestFields } from '@memae/onnx';
import { collectExamples } from '@memae/scoring';
import type { FittedDetector } from '@memae/training';
import type { AnySplit } from './data-source.ts';
import { use } from './use.ts';

interface ExamplesOptions extends Pick<AnySplit, 'train' | 'validation'> {
  readonly backend: Backend;
  readonly manifest: ManifestFields;
  readonly random: Random;
}

/** Looks at a bounded part of the training and the validation samples. */
export async function examplesOf(
  { program, decodedItems }: Pick<FittedDetector, 'program' | 'decodedItems'>,
  { backend, manifest, ...rest }: ExamplesOptions,
): Promise<Examples> {
  const { weights, errorMap } = program.outputs;
  const outputs: Program['outputs'] = {
    ...(weights && { weights }),
    ...(errorMap && { errorMap }),
  };
  const items = decodedItems && (await outcomeOf(decodedItems, backend));
  return use(await backend.compile({ ...program, outputs }), (executable) =>
    collectExamples(
      {
        manifest,
        answerBatch: ({ samples }) => executable.run({ [manifest.input.name]: samples }),
      },
      { ...rest, ...(items && { decodedItems: items }) },
    ),
  );
}

async function outcomeOf(program: Program<'items'>, backend: Backend) {
  const { items } = await use(await backend.compile(program), (executable) => executable.run({}));
  return ndarray(Float32Array.from(items.data), items.shape);
}
