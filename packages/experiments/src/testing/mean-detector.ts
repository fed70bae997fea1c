// For tests: the simplest method there is, for any kind of data. It learns the mean sample.

import {
  type Tensor,
  cast,
  constant,
  defineProgram,
  div,
  input,
  ndarray,
  sizeOf,
  square,
  sub,
  sum,
} from '@memae/graph';
import { definePlugin, fitted } from '@memae/training';

/** score = ‖x − x̄‖², x̄ being the mean of the training samples. */
export const meanDetector = definePlugin({
  id: 'mean',
  title: 'Distance to the mean',
  citation: 'none',
  modalities: ['image', 'video', 'tabular'],
  options: {
    'training.epochs': { type: 'integer', default: 1, min: 1, about: 'taken, and of no effect' },
  },
  create: () => ({
    fit: async (dataset, { backend }) => {
      const total = new Float64Array(sizeOf(dataset.sampleShape));
      for await (const { samples } of dataset.batches({ size: 64 })) {
        samples.data.forEach((value, i) => {
          total[i % total.length] = (total[i % total.length] ?? 0) + value;
        });
      }
      const scale = dataset.dtype === 'uint8' ? 255 : 1;
      const mean = Float32Array.from(total, (value) => value / dataset.length / scale);
      const samples = input('samples', ['batch', ...dataset.sampleShape], dataset.dtype);
      const x: Tensor = dataset.dtype === 'uint8' ? div(cast(samples, 'float32'), scale) : samples;
      const errorMap = square(sub(x, constant(ndarray(mean, dataset.sampleShape))));
      const axes = dataset.sampleShape.map((_, i) => i + 1);
      return fitted(defineProgram({ score: sum(errorMap, { axes }), errorMap }), {
        backend,
        history: [{ epoch: 1, values: { loss: 0 }, seconds: 0 }],
      });
    },
  }),
});
