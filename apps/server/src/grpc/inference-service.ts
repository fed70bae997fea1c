// The service of the Open Inference Protocol on a repository of models.

import { type JsonValue, create, fromJson } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { type ServerDescription, describeModel, refuseModelParameters } from '../core/describe.ts';
import { serverError } from '../core/error.ts';
import { type Parameters, flag, readWanted } from '../core/infer-parameters.ts';
import type { ModelRepository } from '../core/repository.ts';
import type { TensorMetadata } from '../core/tensors.ts';
import {
  type GRPCInferenceService,
  type InferParameter,
  type ModelInferRequest,
  type ModelInferResponse,
  ModelInferResponseSchema,
  ModelStatisticsResponseSchema,
} from './generated/inference_pb.js';
import { readInputs, writeOutputs } from './tensors.ts';

export interface InferenceServiceOptions {
  readonly repository: ModelRepository;
  readonly server: ServerDescription;
  /** What is told of an error in a stream, where a call's own end cannot tell it. */
  readonly tell: (error: unknown, context: HandlerContext) => string;
}

export function inferenceService({
  repository,
  server,
  tell,
}: InferenceServiceOptions): ServiceImpl<typeof GRPCInferenceService> {
  const infer = async (
    request: ModelInferRequest,
    { signal, timeoutMs }: HandlerContext,
  ): Promise<ModelInferResponse> => {
    const { modelName, modelVersion, id, rawInputContents } = request;
    const wanted = wantedOf(request);
    const inputs = readInputs(request);
    const timeout = Math.min(wanted.timeout ?? Infinity, timeoutMs() ?? Infinity);
    const options = {
      ...wanted,
      timeout: Number.isFinite(timeout) ? timeout : undefined,
      signal,
    };
    return repository.use(named(modelName, modelVersion), async ({ name, version, ...model }) =>
      create(ModelInferResponseSchema, {
        ...{ modelName: name, modelVersion: version, id },
        ...writeOutputs(await model.infer(inputs, options), rawInputContents.length > 0),
      }),
    );
  };

  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: repository.ready() }),
    // Of what is not there, clients expect this answer, and no error.
    modelReady: ({ name, version }) => ({
      ready: repository
        .index()
        .some(
          (each) =>
            each.name === name &&
            each.state === 'READY' &&
            (version === '' || each.version === version),
        ),
    }),
    serverMetadata: () => ({ ...server, extensions: ['model_repository', 'statistics'] }),
    modelMetadata: async ({ name, version }) => {
      const { inputs, outputs, ...model } = await describeModel(repository, named(name, version));
      return {
        ...{ ...model, versions: [...model.versions] },
        ...{ inputs: inputs.map(toMetadata), outputs: outputs.map(toMetadata) },
      };
    },
    modelInfer: infer,
    // In the order in which they came; one that fails does not end the stream.
    async *modelStreamInfer(requests, context) {
      for await (const request of requests) {
        try {
          yield { inferResponse: await infer(request, context) };
        } catch (error) {
          const { id, modelName } = request;
          // By the id a client tells which of its requests failed.
          yield { errorMessage: tell(error, context), inferResponse: { id, modelName } };
        }
      }
    },
    modelStatistics: ({ name, version }) => {
      const stats = repository.statistics(name || undefined, version || undefined);
      // Their names are the protocol's.
      const json = { model_stats: stats } as unknown as JsonValue;
      return fromJson(ModelStatisticsResponseSchema, json);
    },
    repositoryIndex: ({ ready }) => ({
      models: repository.index().filter(({ state }) => !ready || state === 'READY'),
    }),
    repositoryModelLoad: async ({ modelName, parameters }) => {
      refuseModelParameters(Object.keys(parameters));
      await repository.load(modelName);
      return {};
    },
    repositoryModelUnload: async ({ modelName, parameters }) => {
      refuseModelParameters(Object.keys(parameters));
      await repository.unload(modelName);
      return {};
    },
  };
}

function named(name: string, version: string) {
  return { name, version: version || undefined };
}

function toMetadata({ name, datatype, shape }: TensorMetadata) {
  return { name, datatype, shape: shape.map(BigInt) };
}

function wantedOf({ parameters, inputs, outputs }: ModelInferRequest) {
  const own = toParameters(parameters);
  // Of the extension for models that give several answers to one request; here each gives one.
  if (flag(own, 'triton_enable_empty_final_response') === true) {
    throw serverError(
      'SERVER_BAD_REQUEST',
      'The parameter "triton_enable_empty_final_response" is of the decoupled extension, which this server does not have. Leave it out.',
    );
  }
  return readWanted({
    parameters: own,
    inputs: inputs.map((input) => ({ parameters: toParameters(input.parameters) })),
    outputs: outputs.map(({ name, ...output }) => ({
      name,
      parameters: toParameters(output.parameters),
    })),
  });
}

function toParameters(parameters: Readonly<Record<string, InferParameter>>): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(
      ([
        name,
        {
          parameterChoice: { value },
        },
      ]) =>
        value === undefined ? [] : [[name, typeof value === 'bigint' ? Number(value) : value]],
    ),
  );
}
