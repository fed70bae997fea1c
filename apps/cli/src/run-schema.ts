// The JSON Schema of a run's configuration, for editors: what `run.json` and files for `--config` may hold. Its copy
// in the package, run.schema.json, is held to this by a test.

import { normalRules } from '@memae/metrics';
import { type Option, type OptionTable, type Registry } from '@memae/training';
import { aboutDataOptions } from './data-options.ts';

/** What each key of a configuration is; the texts that `memae init` writes, too. */
export const aboutKeys = {
  data: 'a data set by name (memae list), a folder, or the file of a table; paths from where memae is called',
  normal: 'of images, the class that is normal; of a file, the value of its label in normal rows',
  limit: 'at most so many samples of each class of images, or rows of a table',
  size: 'height and width that pictures and frames are resized to',
  dataOptions: 'how the data are read and cut',
  method: 'see memae list',
  preset: 'named settings to start from; options win over it',
  options: 'of the method',
  seed: 'what is drawn: the split, the first parameters, the batches',
  thresholdRule: 'how the threshold is chosen by held-out normal samples',
  falseAlarms: 'the share of normal samples that may be flagged',
  engine: 'what computes',
  continues: 'the finished run that training goes on from, as --continue writes it',
} as const;

type Schema = Readonly<Record<string, unknown>>;

/** Every key may be left out; any of the methods' options may stand under its dotted name or in groups. */
export function runSchema(registry: Registry, engines: readonly string[]): Schema {
  const methods = registry.list();
  const table = Object.assign({}, ...methods.map(({ options }) => options)) as OptionTable;
  const presets = new Set(methods.flatMap(({ presets: named }) => Object.keys(named)));
  const keys: Readonly<Record<keyof typeof aboutKeys, Schema>> = {
    data: { type: 'string' },
    normal: { type: ['string', 'number', 'null'] },
    limit: { type: ['integer', 'null'], minimum: 1 },
    size: {
      type: ['array', 'null'],
      items: { type: 'integer', minimum: 1 },
      minItems: 2,
      maxItems: 2,
    },
    // Nothing under the key, as in a file in which all is commented out, is null.
    dataOptions: {
      type: ['object', 'null'],
      properties: described(aboutDataOptions, () => ({})),
      additionalProperties: false,
    },
    method: { enum: methods.map(({ id }) => id) },
    preset: { enum: [null, ...presets] },
    options: { ...grouped(table), type: ['object', 'null'] },
    seed: { type: 'integer', minimum: 0 },
    thresholdRule: { enum: normalRules },
    falseAlarms: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    engine: { enum: engines },
    continues: {
      type: 'object',
      properties: { run: { type: 'string' }, modelSha256: { type: 'string' } },
      required: ['run', 'modelSha256'],
      additionalProperties: false,
    },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A training run of memae',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      format: { const: 1 },
      ...described(aboutKeys, (key) => keys[key]),
    },
    additionalProperties: false,
  };
}

function described<Key extends string>(
  about: Readonly<Record<Key, string>>,
  schemaOf: (key: Key) => Schema,
): Readonly<Record<string, Schema>> {
  const names = Object.keys(about) as Key[];
  return Object.fromEntries(
    names.map((name) => [name, { ...schemaOf(name), description: about[name] }]),
  );
}

/** Options by their dotted names, and the same as objects within objects. */
function grouped(table: OptionTable): Schema {
  const names = Object.keys(table);
  const groups = new Set(
    names.filter((name) => name.includes('.')).map((name) => name.slice(0, name.indexOf('.'))),
  );
  const within = (group: string): OptionTable =>
    Object.fromEntries(
      Object.entries(table).flatMap(([name, option]) =>
        name.startsWith(`${group}.`) ? [[name.slice(group.length + 1), option]] : [],
      ),
    );
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(
        Object.entries(table).map(([name, option]) => [name, schemaOf(option)]),
      ),
      ...Object.fromEntries([...groups].map((group) => [group, grouped(within(group))])),
    },
    additionalProperties: false,
  };
}

function schemaOf(option: Option): Schema {
  const { about: description } = option;
  switch (option.type) {
    case 'boolean':
      return { type: 'boolean', description };
    case 'choice':
      return { enum: option.of, description };
    case 'text':
      return { type: 'string', pattern: option.pattern.source, description };
    default: {
      const { type, min, max } = option;
      const number = {
        type,
        ...(min !== undefined && { minimum: min }),
        ...(max !== undefined && { maximum: max }),
      };
      return option.default === 'auto'
        ? { anyOf: [number, { const: 'auto' }], description }
        : { ...number, description };
    }
  }
}
