// What is told of models, as JSON schemas.

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const number = { type: 'number' } as const;
const integer = { type: 'integer' } as const;
const numbers = { type: 'array', items: number } as const;
const index = { type: 'integer', minimum: 0, maximum: 100_000 } as const;

const list = <Items>(items: Items) => ({ type: 'array', items }) as const;
const object = <Properties extends object>(properties: Properties) =>
  ({ type: 'object', required: Object.keys(properties), properties }) as const;
const orNull = <Schema extends object>(schema: Schema) => ({ ...schema, nullable: true });

export const modelList = object({
  models: list(
    object({
      name: text,
      versions: list(text),
      ready: { type: 'boolean' },
      reason: text,
      intake: textOrNull,
      method: textOrNull,
    }),
  ),
});

const example = object({
  key: text,
  pictures: integer,
  values: { type: ['array', 'null'], items: { type: 'array', items: {} } },
});

const labelled = object({ data: text, samples: integer, normal: numbers, anomalous: numbers });

export const modelDescription = object({
  name: text,
  version: text,
  versions: list(text),
  method: text,
  intake: { type: 'string', enum: ['pictures', 'frames', 'rows', 'series', 'numbers'] },
  trainedOn: object({ name: text, samples: integer }),
  input: object({ name: text, dtype: text, dims: list({ type: ['integer', 'string'] }) }),
  tile: { type: ['integer', 'null'] },
  outputs: list(text),
  columns: list(object({ name: text, kind: text })),
  threshold: orNull(object({ value: number, rule: text })),
  scale: { type: ['number', 'null'] },
  calibration: {
    ...orNull(object({ samples: integer, normal: numbers, labelled })),
    required: ['samples', 'normal'],
  },
  histogram: list(object({ low: number, high: number, count: integer, anomalous: integer })),
  examples: object({
    samples: list(example),
    training: list(example),
    items: list(
      object({ item: integer, use: number, decoded: orNull(example), nearest: list(integer) }),
    ),
  }),
});

export const exampleParams = object({
  model: text,
  version: text,
  kind: { type: 'string', enum: ['samples', 'training', 'items'] },
  index,
  picture: index,
});
