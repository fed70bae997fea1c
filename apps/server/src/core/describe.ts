// What the protocol tells of the server and its models, in terms of no transport.

import { serverError } from './error.ts';
import type { ModelRepository } from './repository.ts';
import type { TensorMetadata } from './tensors.ts';

export interface ServerDescription {
  readonly name: string;
  readonly version: string;
}

export interface ModelDescription {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** @throws `SERVER_UNKNOWN_MODEL`, `SERVER_CLOSING` */
export function describeModel(
  repository: ModelRepository,
  model: { readonly name: string; readonly version?: string | undefined },
): Promise<ModelDescription> {
  return repository.use(model, ({ name, inputs, outputs }) =>
    Promise.resolve({
      ...{ name, inputs, outputs },
      versions: repository.versions(name),
      platform: 'onnxruntime_onnx',
    }),
  );
}

/**
 * Of loading and unloading: what is served is what lies on the server's disk, and nothing else can be sent along.
 * @throws `SERVER_BAD_REQUEST`
 */
export function refuseModelParameters(names: readonly string[]): void {
  const odd = names.find((name) => name !== 'unload_dependents');
  if (odd === undefined) return;
  const message = `The parameter "${odd}" is not taken here: models are loaded as they lie on the server.`;
  throw serverError('SERVER_BAD_REQUEST', message);
}
