import '@tensorflow/tfjs-backend-cpu';
import {
  type Rank,
  type Tensor,
  type Tensor5D,
  conv3dTranspose,
  grads,
  io,
  memory as tensorsHeld,
  mul,
  randomNormal,
  ready,
  setBackend,
  square,
  sum,
  tensor,
  tidy,
  train,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {
  layers,
  loadLayersModel,
  metrics,
  model as modelOf,
  input,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { addressingEntropy, memory } from './index.ts';

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

describe('the memory as a layer', () => {
  it('reads from its items alone: every output lies between them', () => {
    const layer = memory({ slots: 3, shrinkage: 0 });
    const z = randomNormal([20, 2], 0, 1, 'float32', 1);
    layer.apply(z);
    layer.setWeights([tensor([1, 0, 0, 1, -1, -1], [3, 2])]);
    const [read] = [layer.apply(z) as Tensor];
    const values = [...read.dataSync()];
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
  });

  it('asks at each position, and gives the weights when asked for', () => {
    const z = randomNormal([2, 3, 4, 5], 0, 1, 'float32', 1);
    const [read, weights] = memory({ slots: 7, returnWeights: true }).apply(z) as [Tensor, Tensor];
    expect(read.shape).toEqual([2, 3, 4, 5]);
    expect(weights.shape).toEqual([2, 3, 4, 7]);
    const sums = [...sum(weights, -1).dataSync()];
    for (const each of sums) expect(each).toBeCloseTo(1, 5);
    expect(addressingEntropy(weights).shape).toEqual([2, 3, 4]);
  });

  it('trains within a model of TensorFlow.js, by an entropy on its weights too, and holds no tensor back', async () => {
    const x = input({ shape: [6] });
    const code = layers.dense({ units: 3 }).apply(x);
    const [read, weights] = memory({ slots: 10, returnWeights: true }).apply(code) as never[];
    const y = layers.dense({ units: 6 }).apply(read as never);
    const model = modelOf({ inputs: x, outputs: [y, weights] as never });
    model.compile({
      optimizer: train.adam(0.01),
      loss: [metrics.meanSquaredError, (_: Tensor, w: Tensor) => mul(addressingEntropy(w), 0.0002)],
    });
    const samples = randomNormal([64, 6], 0, 1, 'float32', 1);
    const nothing = tensor(new Float32Array(640), [64, 10]);
    const { history } = await model.fit(samples, [samples, nothing], { epochs: 30 });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] ?? 0));
    const held = tensorsHeld().numTensors;
    await model.fit(samples, [samples, nothing], { epochs: 2 });
    expect(tensorsHeld().numTensors).toBe(held);
  });

  it('is saved and loaded with all that it is', async () => {
    const made = sequential();
    made.add(
      memory({
        slots: 4,
        similarity: 'dot',
        temperature: 2,
        shrinkage: 1.5,
        inputShape: [3],
      } as never),
    );
    let kept: io.ModelArtifacts | undefined;
    await made.save(
      io.withSaveHandler((artifacts) => {
        kept = artifacts;
        return Promise.resolve({
          modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
        });
      }),
    );
    const loaded = await loadLayersModel(io.fromMemory(kept ?? {}));
    const z = randomNormal([5, 3], 0, 3, 'float32', 1);
    expect((loaded.predict(z) as Tensor).dataSync()).toEqual(
      (made.predict(z) as Tensor).dataSync(),
    );
    expect(loaded.layers[0]?.getConfig()).toEqual(made.layers[0]?.getConfig());
  });

  it.each([
    [{ slots: 0 }, 'slots as a positive whole number, but 0 came'],
    [{ slots: 10, temperature: 0 }, 'a temperature above 0, but 0 came'],
    [{ slots: 10, shrinkage: 8 }, 'a shrinkage from 0 to below 4.5085'],
    [{ slots: 10, similarity: 'cos' }, 'similarity as one of cosine, dot, but cos came'],
    [{ slots: 10, emptyRows: 'zero' }, 'emptyRows as one of zeros, unshrunk, but zero came'],
  ])('refuses %j', (options, message) => {
    expect(() => memory(options as Parameters<typeof memory>[0])).toThrow(message);
  });
});

describe('the gradient of conv3dTranspose', () => {
  const shapes = { x: [1, 2, 3, 2, 2], filter: [3, 2, 3, 3, 2] } as const;
  const x = randomNormal<Rank.R5>([...shapes.x], 0, 1, 'float32', 1);
  const filter = randomNormal<Rank.R5>([...shapes.filter], 0, 1, 'float32', 2);

  it('equals finite differences', () => {
    const loss = (a: Tensor5D, b: Tensor5D): Tensor =>
      sum(square(conv3dTranspose(a, b, [1, 4, 6, 4, 3], 2, 'same')));
    const found = grads((a, b) => loss(a as Tensor5D, b as Tensor5D))([x, filter]);
    for (const [which, gradient] of found.entries()) {
      const at = [x, filter][which] ?? x;
      const got = gradient.dataSync();
      for (let i = 0; i < got.length; i += 5) {
        const moved = (by: number): number =>
          tidy(() => {
            const values = at.dataSync().slice();
            values[i] = (values[i] ?? 0) + by;
            const other = tensor<Rank.R5>(values, at.shape);
            return loss(which === 0 ? other : x, which === 1 ? other : filter).dataSync()[0] ?? NaN;
          });
        const expected = (moved(0.05) - moved(-0.05)) / 0.1;
        expect(Math.abs((got[i] ?? NaN) - expected)).toBeLessThan(1e-2 * (1 + Math.abs(expected)));
      }
    }
  });

  it('lets the layer train', () => {
    const layer = layers.conv3dTranspose({
      filters: 2,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
    });
    layer.apply(x);
    const { grads: found } = variableGrads(() => sum(square(layer.apply(x) as Tensor)));
    expect(Object.keys(found)).toHaveLength(2);
  });
});
