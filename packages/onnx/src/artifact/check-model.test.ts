import { type MessageInitShape, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { defineProgram, input, mean } from '@memae/graph';
import { expect, it } from 'vitest';

import { encodeOnnx } from '../encode.ts';
import {
  AttributeProtoSchema,
  ModelProtoSchema,
  SparseTensorProtoSchema,
  TensorProtoSchema,
  TensorProto_DataLocation as DataLocation,
} from '../generated/onnx_pb.js';
import { faultOf } from './check-model.ts';
import type { Manifest } from './manifest.ts';

const x = input('samples', ['batch', 2]);
const model = encodeOnnx(defineProgram({ score: mean(x, { axes: [1] }) }));
const manifest: Manifest = {
  format: 2,
  library: '0.1.0',
  createdBy: 'memae 0.1.0 on ort',
  method: 'ae',
  options: {},
  seed: 7,
  data: { name: 'mnist/5', fingerprint: 'ab'.repeat(32), samples: 60000 },
  input: { name: 'samples', dtype: 'float32', dims: ['batch', 2] },
  outputs: { score: { dtype: 'float32', dims: ['batch'] } },
  threshold: null,
  normaliser: null,
  modelSha256: '0'.repeat(64),
};

const external = create(TensorProtoSchema, { dataLocation: DataLocation.EXTERNAL });
const sparse = create(SparseTensorProtoSchema, { values: external });
type Attribute = MessageInitShape<typeof AttributeProtoSchema>;
const attributes: readonly (readonly [string, Attribute])[] = [
  ['sparse tensors', { sparseTensor: sparse }],
  ['sparse tensors', { sparseTensors: [sparse] }],
  ['other files', { t: external }],
  ['other files', { tensors: [external] }],
  ['further graphs', { g: {} }],
  ['further graphs', { graphs: [{}] }],
];
type Part = MessageInitShape<typeof ModelProtoSchema>;
const parts: readonly (readonly [string, Part])[] = [
  ['sparse tensors', { graph: { sparseInitializer: [sparse] } }],
  ['other files', { graph: { initializer: [external] } }],
  ['functions', { functions: [{}] }],
  ['further graphs', { trainingInfo: [{}] }],
];

it('finds no fault with what this library writes', () => {
  expect(faultOf(model, manifest)).toBeUndefined();
});

it('refuses what ONNX Runtime would take for its own format', () => {
  // A producer's name in which the mark lies where that format has it.
  const marked = Buffer.concat([Buffer.from('\x12\x06__ORTM'), model]);
  expect(fromBinary(ModelProtoSchema, marked).graph?.node).toHaveLength(1);
  expect(faultOf(marked, manifest)).toContain('own format');
});

it.each(attributes)('refuses %s in an attribute: %o', (words, attribute) => {
  const parsed = fromBinary(ModelProtoSchema, model);
  parsed.graph?.node[0]?.attribute.push(create(AttributeProtoSchema, attribute));
  expect(faultOf(toBinary(ModelProtoSchema, parsed), manifest)).toContain(words);
});

it.each(parts)('refuses %s: %o', (words, part) => {
  // Two messages end to end are one of all their fields.
  const more = toBinary(ModelProtoSchema, create(ModelProtoSchema, part));
  expect(faultOf(Buffer.concat([model, more]), manifest)).toContain(words);
});
