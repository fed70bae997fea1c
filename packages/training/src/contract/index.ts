// The one suite that every method passes. Call it in a vitest file: `detectorContract(plugin, given)`.

import type { Backend } from '@memae/backend';
import { openOnnx, ortBackend } from '@memae/backend/ort';
import { type Dataset, type Modality, type Samples, arrayDataset } from '@memae/datasets';
import { createRandom, zeros } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDecision } from '../decision.ts';
import type { Detector, FitContext, FittedDetector } from '../detector.ts';
import type { RawOptions } from '../options.ts';
import type { AnyDetectorPlugin } from '../plugin.ts';

/** What a method is tried on: little data, and options that make it quick. */
export interface ContractCase {
  readonly options: RawOptions;
  readonly dataset: Dataset;
  /** Samples of the same kind, to be scored. */
  readonly samples: Samples;
}

/** Declares the suite for one method. It runs on ONNX Runtime with one thread. */
export function detectorContract(
  plugin: AnyDetectorPlugin,
  { options, dataset, samples }: ContractCase,
): void {
  describe(`contract: ${plugin.id} on ${dataset.modality} data`, () => {
    let backend: Backend;
    let detector: Detector;
    let fitted: FittedDetector;
    let scores: Float32Array;
    const told: number[] = [];
    const context = (more: Partial<FitContext> = {}): FitContext => ({
      backend,
      random: createRandom(1),
      ...more,
    });
    beforeAll(async () => {
      backend = await ortBackend({ threads: 1 }).open();
      detector = plugin.createFrom(options);
      fitted = await detector.fit(dataset, context({ onEpoch: ({ epoch }) => told.push(epoch) }));
      scores = await fitted.score(samples);
    });
    afterAll(async () => {
      await fitted[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    });

    it('gives one finite score a sample', async () => {
      expect(scores).toHaveLength(samples.shape[0] ?? 0);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(new Set(scores).size).toBeGreaterThan(1);
      expect(await fitted.score(samples)).toEqual(scores);
    });

    it('holds no learned state: fitted again with the same seed, it gives the same bits', async () => {
      const again = await detector.fit(dataset, context());
      expect(await again.score(samples)).toEqual(scores);
      await again[Symbol.asyncDispose]();
    });

    it('comes to one graph from raw samples to a score, which learns no more', () => {
      const { inputs, outputs, updates } = fitted.program;
      expect(inputs.map(({ op, dims, dtype }) => ({ name: op.name, dims, dtype }))).toEqual([
        { name: 'samples', dims: ['batch', ...dataset.sampleShape], dtype: dataset.dtype },
      ]);
      expect(outputs.score).toMatchObject({ dims: ['batch'], dtype: 'float32' });
      expect(updates.size).toBe(0);
    });

    it('exported with a decision, gives the same scores within 1e-5, and labels by them', async () => {
      const threshold = [...scores].sort((a, b) => a - b)[scores.length >> 1] ?? NaN;
      const program = withDecision(fitted.program, { threshold, scale: 1 });
      const model = await openOnnx(encodeOnnx(program), { threads: 1 });
      const { score, label } = await model.run({ samples }, ['score', 'label']);
      scores.forEach((expected, i) => {
        const found = score?.data[i] ?? NaN;
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(expected));
        expect(label?.data[i]).toBe(found > threshold ? 1 : 0);
      });
      await model[Symbol.asyncDispose]();
    });

    it('reports every epoch, in numbers that are finite', () => {
      expect(told).toEqual(fitted.history.map(({ epoch }) => epoch));
      for (const { values } of fitted.history) {
        expect(Object.values(values).every(Number.isFinite)).toBe(true);
      }
    });

    it('stops when the signal has fired', async () => {
      const stopped = detector.fit(dataset, context({ signal: AbortSignal.abort() }));
      await expect(stopped).rejects.toMatchObject({ code: 'TRAIN_ABORTED' });
    });

    it('says what it is, and takes its own defaults and presets', () => {
      expect(plugin.id).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(plugin.title).not.toBe('');
      expect(plugin.citation).not.toBe('');
      expect(plugin.resolve(plugin.resolve({}))).toEqual(plugin.resolve({}));
      for (const [preset, settings] of Object.entries(plugin.presets)) {
        expect(plugin.resolve({ preset })).toMatchObject(settings);
        const settled = plugin.resolve({ preset }, dataset);
        expect(Object.values(settled)).not.toContain('auto');
        expect(plugin.resolve(settled, dataset)).toEqual(settled);
      }
    });

    it('refuses options it does not have, and data of another modality', async () => {
      expect(() => plugin.createFrom({ 'no.such.option': 1 })).toThrow('no.such.option');
      const others: readonly Modality[] = ['image', 'video', 'tabular'];
      const modality = others.find((other) => !plugin.modalities.includes(other));
      if (modality === undefined) return;
      const other = arrayDataset({ name: 'other', modality, samples: zeros([4, 2]) });
      await expect(detector.fit(other, context())).rejects.toMatchObject({
        code: 'DETECTOR_UNSUPPORTED_MODALITY',
      });
    });
  });
}
