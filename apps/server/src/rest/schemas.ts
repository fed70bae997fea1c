// The bodies of the Open Inference Protocol as JSON schemas: they validate what comes, and the OpenAPI page is made of them.
// https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md

const text = { type: 'string' } as const;
const parameters = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
} as const;
const list = <Items>(items: Items) => ({ type: 'array', items }) as const;
const object = <Properties extends object>(
  properties: Properties,
  required: readonly (keyof Properties)[],
) => ({ type: 'object', required: [...required], properties }) as const;

const shape = { ...list({ type: 'integer', minimum: 0 } as const), maxItems: 16 } as const;
/** Flat or nested; its elements are held to the datatype where they are read. */
const data = { type: 'array', items: {} } as const;
const tensorMetadata = object(
  { name: text, datatype: text, shape: list({ type: 'integer' } as const) },
  ['name', 'datatype', 'shape'],
);
const tensor = { name: text, shape, datatype: text, parameters, data } as const;

export const inferRequest = object(
  {
    id: text,
    parameters,
    inputs: { ...list(object(tensor, ['name', 'shape', 'datatype'])), maxItems: 64 },
    outputs: { ...list(object({ name: text, parameters }, ['name'])), maxItems: 64 },
  },
  ['inputs'],
);

export const inferResponse = object(
  {
    model_name: text,
    model_version: text,
    id: text,
    parameters,
    outputs: list(object(tensor, ['name', 'shape', 'datatype'])),
  },
  ['model_name', 'outputs'],
);

export const serverMetadata = object({ name: text, version: text, extensions: list(text) }, [
  'name',
  'version',
  'extensions',
]);

export const modelMetadata = object(
  {
    name: text,
    versions: list(text),
    platform: text,
    inputs: list(tensorMetadata),
    outputs: list(tensorMetadata),
  },
  ['name', 'platform'],
);

export const health = object({ live: { type: 'boolean' }, ready: { type: 'boolean' } }, ['live']);
export const modelReady = object({ name: text, ready: { type: 'boolean' } }, ['name', 'ready']);

export const indexRequest = object({ ready: { type: 'boolean' } }, []);
export const indexResponse = list(
  object({ name: text, version: text, state: text, reason: text }, ['name', 'state', 'reason']),
);
export const controlRequest = object({ parameters }, []);

export const statistics = object(
  { model_stats: list({ type: 'object', additionalProperties: true }) },
  ['model_stats'],
);

export const error = object({ error: text }, ['error']);

export const modelParams = object({ model: text }, ['model']);
export const versionParams = object({ model: text, version: text }, ['model', 'version']);
