// As many rows as asked for through a model by onnxruntime-node alone: a batch that lies in memory, again and again.
// bare.ts MODEL ROWS THREADS

import * as ort from 'onnxruntime-node';

// ONNX Runtime reports what it runs to its maker unless it is told not to.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
const [, , model = '', rows = '0', threads = '1'] = process.argv;
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 3,
});
const [input] = session.inputMetadata;
if (input?.isTensor !== true) throw new Error(`${model} takes no tensor.`);
const size = 1024;
const width = Number(input.shape[1]);
const data = Float32Array.from({ length: size * width }, (_, i) => (Math.sin(i) + 1) / 2);
const feeds = { [input.name]: new ort.Tensor('float32', data, [size, width]) };
for (let done = 0; done < Number(rows); done += size) {
  await session.run(feeds, ['score', 'normalisedScore', 'label']);
}
