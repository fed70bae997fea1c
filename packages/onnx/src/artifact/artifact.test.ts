import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { add, defineProgram, input, mean, ndarray, parameter } from '@memae/graph';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { encodeOnnx } from '../encode.ts';
import {
  AttributeProtoSchema,
  type GraphProto,
  ModelProtoSchema,
  TensorProto_DataLocation as DataLocation,
} from '../generated/onnx_pb.js';
import { type ManifestFields, readArtifact, readTrainingLog, writeArtifact } from './artifact.ts';
import type { Examples } from './examples.ts';
import { type Json, plainName } from './manifest.ts';
import { readParameters } from './read-parameters.ts';

const x = input('samples', ['batch', 2]);
const offset = parameter('offset', ndarray([1, 2], [2]));
const model = encodeOnnx(defineProgram({ score: mean(add(x, offset), { axes: [1] }) }));
const manifest: ManifestFields = {
  library: '0.1.0',
  createdBy: 'memae 0.1.0 on ort',
  method: 'memae',
  options: { 'memory.slots': 100, shrink: null, sizes: [1, [2]], deep: { on: true } },
  seed: 7,
  data: { name: 'mnist/5', fingerprint: 'ab'.repeat(32), samples: 60000 },
  input: { name: 'samples', dtype: 'float32', dims: ['batch', 2] },
  outputs: { score: { dtype: 'float32', dims: ['batch'] } },
  threshold: { rule: 'quantile', value: 0.5, falseAlarms: 0.05, samples: 600 },
  normaliser: { kind: 'logistic', center: 0.5, scale: 0.1 },
};
const log = [
  { epoch: 1, loss: 0.5 },
  { epoch: 2, loss: 0.25 },
];

let folder: string;
const file = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memae-artifact-'));
  await writeArtifact(folder, { manifest, model, log });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Expects a failure with this code, whose message holds these words. */
async function fails(work: Promise<unknown>, code: string, ...words: string[]): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code });
  for (const word of words) expect(error).toHaveProperty('message', expect.stringContaining(word));
}

/** Changes the manifest as it lies on the disk. */
function edit(change: (stored: Record<string, unknown>) => unknown): void {
  const stored = JSON.parse(readFileSync(file('manifest.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(file('manifest.json'), JSON.stringify(change(stored)));
}

const unfit = (change: (graph: GraphProto) => void): Uint8Array => {
  const parsed = fromBinary(ModelProtoSchema, model);
  if (parsed.graph !== undefined) change(parsed.graph);
  return toBinary(ModelProtoSchema, parsed);
};

describe('writing and reading back', () => {
  it('gives the same manifest, model and log', async () => {
    const artifact = await readArtifact(folder);
    expect(artifact.manifest).toMatchObject({ ...manifest, format: 2 });
    expect(Buffer.from(artifact.model)).toEqual(Buffer.from(model));
    expect(await readTrainingLog(folder)).toEqual(log);
    expect(readdirSync(folder)).toEqual(['manifest.json', 'model.onnx', 'training-log.jsonl']);
  });

  it('makes the folder, needs no log, and takes a manifest as read', async () => {
    const inner = file('a/b');
    await writeArtifact(inner, { ...(await readArtifact(folder)) });
    expect(readdirSync(inner)).toEqual(['manifest.json', 'model.onnx']);
    expect(await readTrainingLog(inner)).toEqual([]);
  });

  it('keeps a log that lies there when none is given', async () => {
    await writeArtifact(folder, { manifest, model });
    expect(await readTrainingLog(folder)).toEqual(log);
  });

  it.each([
    null,
    { rule: 'given', value: 1 },
    { rule: 'f1', value: 1, samples: 9 },
    { rule: 'fraction', value: 1, fraction: 0.3, samples: 9 },
  ] as const)('keeps the threshold %o', async (threshold) => {
    await writeArtifact(folder, { manifest: { ...manifest, threshold, normaliser: null }, model });
    expect((await readArtifact(folder)).manifest).toMatchObject({ threshold, normaliser: null });
  });

  it('keeps scores of a calibration, on one line', async () => {
    const labelled = { data: 'flows', samples: 9000, normal: [0, 1e-7], anomalous: [-3] };
    const calibration = { samples: 3, normal: [1, 1, 2.5], labelled };
    await writeArtifact(folder, { manifest: { ...manifest, calibration }, model });
    expect((await readArtifact(folder)).manifest.calibration).toEqual(calibration);
    const text = readFileSync(file('manifest.json'), 'utf8');
    expect(text).toContain('"normal": [ 1, 1, 2.5 ],\n');
    const normal = Array.from({ length: 4096 }, (_, i) => Math.fround(Math.sqrt(i)));
    for (const wrong of [
      { samples: 3, normal: [1, 3, 2] },
      { samples: 2, normal: [1, 2, 3] },
      { samples: 0, normal: [] },
      { samples: 5000, normal: [...normal, 100] },
      { samples: 1, normal: [1], labelled: { ...labelled, anomalous: [] } },
      { samples: 1, normal: [1], labelled: { ...labelled, data: '../flows' } },
    ]) {
      const written = writeArtifact(folder, {
        manifest: { ...manifest, calibration: wrong },
        model,
      });
      await fails(written, 'ARTIFACT_INVALID', "manifest's calibration");
    }
    const most = { samples: 100_000, normal, labelled: { ...labelled, normal, anomalous: normal } };
    await writeArtifact(folder, { manifest: { ...manifest, calibration: most }, model });
    expect((await readArtifact(folder)).manifest.calibration).toEqual(most);
  });

  it.each([
    [
      { rule: 'normal-quantile', value: 2, quantile: 0.75, samples: 9 },
      { rule: 'quantile', value: 2, falseAlarms: 0.25, samples: 9 },
    ],
    [
      { rule: 'labels', value: 2, samples: 9 },
      { rule: 'f1', value: 2, samples: 9 },
    ],
    [
      { rule: 'given', value: 2 },
      { rule: 'given', value: 2 },
    ],
    [null, null],
  ])('reads the threshold %o of format 1', async (before, threshold) => {
    edit((stored) => ({ ...stored, format: 1, threshold: before }));
    const read = (await readArtifact(folder)).manifest;
    expect(read).toMatchObject({ format: 2, threshold });
    expect(read).not.toHaveProperty('calibration');
    edit((stored) => ({ ...stored, calibration: { samples: 1, normal: [1] } }));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', ': calibration: ');
  });

  it('keeps what training saw of its inputs, and where the model comes from', async () => {
    const number = { name: 'size', kind: 'number', samples: 9, values: [-1, 0.5, 0.5] } as const;
    const category = { name: 'shop', kind: 'category', counts: [3, 0] } as const;
    const inputs = { samples: 9, columns: [number, category] };
    const ancestry = [{ modelSha256: 'cd'.repeat(32), data: manifest.data }];
    await writeArtifact(folder, { manifest: { ...manifest, inputs, ancestry }, model });
    expect((await readArtifact(folder)).manifest).toMatchObject({ inputs, ancestry });
    for (const wrong of [
      { ...number, values: [1, 0] },
      { ...number, samples: 2 },
      { ...number, values: [] },
      { ...category, counts: [-1] },
    ]) {
      const written = writeArtifact(folder, {
        manifest: { ...manifest, inputs: { samples: 9, columns: [wrong] } },
        model,
      });
      await fails(written, 'ARTIFACT_INVALID', "manifest's inputs");
    }
    expect([...readParameters(model)]).toEqual([['offset', ndarray([1, 2], [2])]]);
  });

  it('keeps how rows become numbers, and refuses what does not give the input', async () => {
    const columns = [
      { name: 'duration', kind: 'continuous', shift: 0, scale: 5 },
      { name: 'service', kind: 'categorical', categories: ['http'] },
    ] as const;
    const prepared = { ...manifest, preparation: { kind: 'rows', columns } } as const;
    await writeArtifact(folder, { manifest: prepared, model });
    expect((await readArtifact(folder)).manifest.preparation).toEqual(prepared.preparation);
    for (const preparation of [
      { kind: 'rows', columns: columns.slice(1) },
      { kind: 'clips', dilation: 1 },
    ] as const) {
      const wrong = writeArtifact(folder, { manifest: { ...manifest, preparation }, model });
      await fails(wrong, 'ARTIFACT_INVALID', 'a preparation that gives what the input takes');
    }
    const flat = { ...columns[0], scale: 0 };
    const wrong = { ...manifest, preparation: { kind: 'rows', columns: [flat, flat] } } as const;
    const written = writeArtifact(folder, { manifest: wrong, model });
    await fails(written, 'ARTIFACT_INVALID', 'preparation.columns.0.scale', 'other than 0');
  });

  it('keeps how the columns of any table become numbers, and counts these', async () => {
    const filled = { name: 'a', flagged: false };
    const columns = {
      number: { ...filled, kind: 'number', fill: 1, shift: 0, scale: 2 },
      flagged: { ...filled, kind: 'number', fill: 1, shift: 0, scale: 2, flagged: true },
      category: { ...filled, kind: 'category', fill: 'x', categories: ['x'] },
      hashed: { ...filled, kind: 'hashed', fill: 'x', buckets: 2, seed: 7 },
      date: { ...filled, kind: 'date', fill: 1, from: 0, to: 2, parts: ['week'] },
    } as const;
    const { number, ...two } = columns;
    const taken = [[number, number], ...Object.values(two).map((column) => [column])];
    for (const each of taken) {
      const preparation = { kind: 'table', columns: each } as const;
      await writeArtifact(folder, { manifest: { ...manifest, preparation }, model });
      expect((await readArtifact(folder)).manifest.preparation).toEqual(preparation);
    }
    for (const each of [
      [number],
      [{ ...columns.category, flagged: true }],
      [{ ...columns.hashed, buckets: 3 }],
      [{ ...columns.date, parts: ['epoch', 'week'] as const }],
    ]) {
      const preparation = { kind: 'table', columns: each } as const;
      const wrong = writeArtifact(folder, { manifest: { ...manifest, preparation }, model });
      await fails(wrong, 'ARTIFACT_INVALID', 'a preparation that gives what the input takes');
    }
    const series = { kind: 'series', columns: [number], window: 2, stride: 1, time: 't' } as const;
    const kept = { ...manifest, preparation: series };
    await writeArtifact(folder, { manifest: kept, model });
    expect((await readArtifact(folder)).manifest.preparation).toEqual(series);
    const longer = { ...manifest, preparation: { ...series, window: 3 } };
    await fails(
      writeArtifact(folder, { manifest: longer, model }),
      'ARTIFACT_INVALID',
      'gives what',
    );
    const flat = { kind: 'table', columns: [{ ...number, scale: 0 }, number] } as const;
    const written = writeArtifact(folder, { manifest: { ...manifest, preparation: flat }, model });
    await fails(written, 'ARTIFACT_INVALID', 'preparation.columns.0.scale', 'other than 0');
  });

  it('takes any name of data once it is made plain', async () => {
    for (const name of ['~pics 5', 'x:cam', 'a\\b', '../up', 'line\nbreak', '', 'x'.repeat(300)]) {
      const named = { ...manifest, data: { ...manifest.data, name: plainName(name) } };
      await writeArtifact(folder, { manifest: named, model });
      expect((await readArtifact(folder)).manifest.data).toEqual(named.data);
    }
  });

  it('keeps any options that JSON can hold', async () => {
    const options = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
      .map((value) => JSON.stringify(value))
      // Names by which objects are tampered with: valibot's records leave them out.
      .filter((text) => !/"(__proto__|prototype|constructor)"/.test(text));
    await fc.assert(
      fc.asyncProperty(options, async (text) => {
        const stated = JSON.parse(text) as Record<string, Json>;
        await writeArtifact(folder, { manifest: { ...manifest, options: stated }, model });
        const { manifest: found } = await readArtifact(folder);
        expect(JSON.stringify(found.options)).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});

describe('reading refuses', () => {
  it('a folder that is not there, and one without model', async () => {
    await fails(readArtifact(file('none')), 'ARTIFACT_NOT_FOUND', file('none/manifest.json'));
    await fails(readArtifact(file('model.onnx')), 'ARTIFACT_NOT_FOUND');
    rmSync(file('model.onnx'));
    await fails(readArtifact(folder), 'ARTIFACT_NOT_FOUND', file('model.onnx'));
  });

  it('a model with any byte changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(model.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          writeFileSync(
            file('model.onnx'),
            model.map((byte, i) => (i === at ? byte ^ change : byte)),
          );
          await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file('model.onnx'), 'SHA-256');
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each(['model.onnx', 'manifest.json'])('a truncated %s', async (name) => {
    truncateSync(file(name), 60);
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file(name));
    truncateSync(file(name), 0);
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file(name));
  });

  it('a newer format, saying what to do', async () => {
    edit((stored) => ({ ...stored, format: 3, novelty: true }));
    await fails(readArtifact(folder), 'ARTIFACT_TOO_NEW', 'format 3', 'up to 2', 'newer memae');
  });

  it.each([
    ['format', 0],
    ['format', '1'],
    ['library', ''],
    ['library', 3],
    ['createdBy', 'two\nlines'],
    ['method', '../evil'],
    ['method', 'MemAE'],
    ['options', []],
    ['options', JSON.parse('{"__proto__": 1}')],
    ['outputs', []],
    ['seed', -1],
    ['seed', 1.5],
    ['seed', '7'],
    ['data.name', '/etc/passwd'],
    ['data.name', 'a/../../b'],
    ['data.name', 'C:\\data'],
    ['data.fingerprint', 'AB'.repeat(32)],
    ['data.samples', null],
    ['input.name', ''],
    ['input.dtype', 'float64'],
    ['input.dims', 'batch'],
    ['input.dims.1', -2],
    ['input.dims.0', 'rows'],
    ['outputs', {}],
    ['outputs.score', null],
    ['outputs.score.dtype', 1],
    ['threshold', 0.5],
    ['threshold.rule', 'guess'],
    ['threshold.value', null],
    ['threshold.falseAlarms', 1.01],
    ['threshold.extra', 1],
    ['normaliser.kind', 'cubic'],
    ['normaliser.center', '2'],
    ['normaliser.scale', 0],
    ['normaliser.scale', -1],
    ['modelSha256', 'none'],
    ['model', '../../other.onnx'],
  ])('%s = %j, naming the field', async (path, value) => {
    edit((stored) => {
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, stored);
      holder[last] = value;
      return stored;
    });
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file('manifest.json'), `: ${path}: `);
  });

  it('every field left out, naming it', async () => {
    const whole = readFileSync(file('manifest.json'), 'utf8');
    for (const field of Object.keys(JSON.parse(whole) as object)) {
      writeFileSync(file('manifest.json'), whole);
      edit((stored) => ({ ...stored, [field]: undefined }));
      await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', `: ${field}: `);
    }
  });

  it.each(['[]', 'null', '7', '"{}"', '{"format"', '\u0000'])('the manifest %s', async (text) => {
    writeFileSync(file('manifest.json'), text);
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file('manifest.json'));
  });

  it('options nested beyond sense', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const text = readFileSync(file('manifest.json'), 'utf8');
    writeFileSync(file('manifest.json'), text.replace('"deep": {', `"pit": ${deep}, "deep": {`));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'nested too deeply');
  });

  it('text that is not UTF-8', async () => {
    writeFileSync(file('manifest.json'), Uint8Array.of(0x22, 0xff, 0x22));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'no JSON');
  });

  it('a manifest of absurd size, unread', async () => {
    truncateSync(file('manifest.json'), 2 ** 21);
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'more than the 1048576');
  });

  it('a file that is no file', async () => {
    rmSync(file('model.onnx'));
    symlinkSync('/dev/zero', file('model.onnx'));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'no regular file');
  });

  it('a link that leads round in a circle', async () => {
    rmSync(file('model.onnx'));
    symlinkSync(file('model.onnx'), file('model.onnx'));
    await fails(readArtifact(folder), 'ARTIFACT_UNREADABLE', 'ELOOP');
  });

  it('a log with a broken line, naming it', async () => {
    writeFileSync(file('training-log.jsonl'), '{"epoch":1}\n{"epo');
    await fails(readTrainingLog(folder), 'ARTIFACT_CORRUPT', 'line 2');
    writeFileSync(file('training-log.jsonl'), '[1]\n');
    await fails(readTrainingLog(folder), 'ARTIFACT_CORRUPT', 'line 1', 'no JSON object');
  });
});

describe('writing refuses', () => {
  const wrong: Readonly<Record<string, Uint8Array>> = {
    'no ONNX model': Uint8Array.of(255, 255),
    'holds no graph': new Uint8Array(),
    'in other files': unfit(({ initializer }) => {
      for (const tensor of initializer) tensor.dataLocation = DataLocation.EXTERNAL;
    }),
    'further graphs': unfit(({ node: [first] }) => {
      first?.attribute.push(create(AttributeProtoSchema, { name: 'body', g: {} }));
    }),
  };
  it.each(Object.entries(wrong))('a model that: %s', async (words, bytes) => {
    await fails(writeArtifact(folder, { manifest, model: bytes }), 'ARTIFACT_INVALID', words);
    expect((await readArtifact(folder)).manifest).toMatchObject(manifest);
  });

  it('a model that takes or gives other than the manifest states', async () => {
    const input = { ...manifest.input, dims: ['batch', 3] } as const;
    const outputs = { ...manifest.outputs, label: { dtype: 'int32', dims: ['batch'] } } as const;
    for (const [changed, word] of [
      [{ input }, 'inputs'],
      [{ outputs }, 'outputs'],
    ] as const) {
      const work = writeArtifact(folder, { manifest: { ...manifest, ...changed }, model });
      await fails(work, 'ARTIFACT_INVALID', `its ${word} are`);
    }
  });

  it('numbers that JSON cannot hold, naming the field', async () => {
    const work = writeArtifact(folder, {
      manifest: { ...manifest, threshold: { rule: 'given', value: Infinity } },
      model,
    });
    await fails(work, 'ARTIFACT_INVALID', 'threshold.value');
  });

  it('a folder under a file', async () => {
    const inner = file('model.onnx/inner');
    await fails(writeArtifact(inner, { manifest, model }), 'ARTIFACT_UNWRITABLE', inner, 'ENOTDIR');
  });

  // /dev/full is Linux's disk without room.
  it.skipIf(!existsSync('/dev/full')).each(['model.onnx', 'manifest.json', 'training-log.jsonl'])(
    'a disk that fills up at %s; the earlier artifact stays whole',
    async (name) => {
      symlinkSync('/dev/full', file(`${name}.tmp`));
      const next = { ...manifest, seed: 8 };
      await fails(
        writeArtifact(folder, { manifest: next, model, log: [{ epoch: 9 }] }),
        'ARTIFACT_UNWRITABLE',
        file(name),
        'ENOSPC',
      );
      expect((await readArtifact(folder)).manifest.seed).toBe(7);
      expect(await readTrainingLog(folder)).toEqual(log);
      expect(readdirSync(folder)).toHaveLength(3);
    },
  );
});

describe('examples', () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';
  const examples: Examples = {
    typicalError: 0.5,
    training: [
      { key: 'a/0', pictures: [png] },
      {
        key: 'rows.csv/7',
        values: [
          ['__proto__', 1],
          ['city', 'Rome'],
          ['gap', null],
        ],
      },
    ],
    items: [{ item: 3, use: 0.25, decoded: { key: '', pictures: [png] }, nearest: [1, 0] }],
    samples: [{ key: 'b/0', pictures: [png, png] }],
  };
  const text = (): string => readFileSync(file('examples.json'), 'utf8');
  /** As someone who knows to mend the checksum, too. */
  const plant = (data: string): void => {
    writeFileSync(file('examples.json'), data);
    const examplesSha256 = createHash('sha256').update(data).digest('hex');
    edit((stored) => ({ ...stored, examplesSha256 }));
  };

  beforeEach(() => writeArtifact(folder, { manifest, model, examples }));

  it('are kept, and go with the artifact or stay away from it', async () => {
    const artifact = await readArtifact(folder);
    expect(artifact.examples).toEqual(examples);
    await writeArtifact(folder, artifact);
    expect((await readArtifact(folder)).examples).toEqual(examples);
    await writeArtifact(folder, { manifest: artifact.manifest, model });
    const without = await readArtifact(folder);
    expect(without.manifest).not.toHaveProperty('examplesSha256');
    expect(without).not.toHaveProperty('examples');
  });

  it('that were changed, cut short or taken away are refused', async () => {
    const whole = text();
    writeFileSync(file('examples.json'), whole.replace('Rome', 'Oslo'));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file('examples.json'), 'SHA-256');
    truncateSync(file('examples.json'), 60);
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'SHA-256');
    rmSync(file('examples.json'));
    await fails(readArtifact(folder), 'ARTIFACT_NOT_FOUND', file('examples.json'));
  });

  it.each([
    ['a picture that is none', { pictures: [Buffer.from('<svg onload=…>').toString('base64')] }],
    ['a picture that unpacks to a bomb', { pictures: [bomb(png)] }],
    ['a picture that is too large', { pictures: [png + 'A'.repeat(2 ** 20)] }],
    ['no base64', { pictures: [`${png.slice(0, -4)}"><b>`] }],
    ['a file beside it', { path: '../../etc/passwd' }],
    ['two lines', { key: 'a\nb' }],
    ['a number that is none', { values: [['a', [1]]] }],
  ])('of %s are refused, whatever the checksum', async (_, part) => {
    plant(JSON.stringify({ ...examples, samples: [{ key: 'x', ...part }] }));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', file('examples.json'), 'samples.0');
  });

  it('are refused unread when there are too many, and where they point nowhere', async () => {
    plant(JSON.stringify({ ...examples, training: [] }));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'that are there');
    plant('['.repeat(100_000));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'no JSON');
    plant(' '.repeat(2 ** 23 + 1));
    await fails(readArtifact(folder), 'ARTIFACT_CORRUPT', 'more than the 8388608');
    const many = Array.from({ length: 60_000 }, () => examples.samples[0] ?? { key: '' });
    const written = writeArtifact(folder, {
      manifest,
      model,
      examples: { ...examples, samples: many },
    });
    await fails(written, 'ARTIFACT_INVALID', 'Keep fewer');
  });
});

function bomb(png: string): string {
  const bytes = Buffer.from(png, 'base64');
  bytes.writeUInt32BE(50_000, 16);
  bytes.writeUInt32BE(50_000, 20);
  return bytes.toString('base64');
}
