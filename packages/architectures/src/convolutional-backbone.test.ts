import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backbone } from './backbone.ts';
import { type ConvolutionSpec, convolutionalBackbone } from './convolutional-backbone.ts';
import { mnistBackbone } from './networks.ts';
import { init, learned, pass } from './testing/networks.ts';

const paddings = ['same', 'none'] as const;

describe('convolutionalBackbone', () => {
  it('gives back the encoder’s sizes in one to three dimensions, for odd kernels and any stride', () => {
    const layers = fc.array(
      fc.record({
        kernel: fc.constantFrom(1, 3, 5),
        stride: fc.integer({ min: 1, max: 3 }),
        channels: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const spaces = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 });
    let passed = 0;
    fc.assert(
      fc.property(layers, spaces, fc.constantFrom(...paddings), (specs, space, padding) => {
        const encoder = specs.map(({ kernel, stride, channels }): ConvolutionSpec => [
          kernel,
          stride,
          channels,
        ]);
        const decoder = [...specs]
          .reverse()
          .map(({ kernel, stride }, i): ConvolutionSpec => [
            kernel,
            stride,
            i === specs.length - 1 ? 2 : 4,
          ]);
        const sampleShape = [2, ...space];
        let backbone: Backbone;
        try {
          backbone = convolutionalBackbone(init, { encoder, decoder, sampleShape, padding });
        } catch (error) {
          expect(padding).toBe('none');
          expect(error).toMatchObject({ code: 'ARCHITECTURE_SAMPLE_TOO_SMALL' });
          return;
        }
        const { x, y } = pass(backbone, sampleShape);
        expect(y.dims).toEqual(x.dims);
        passed += 1;
      }),
      { numRuns: 100 },
    );
    expect(passed).toBeGreaterThan(25);
  });

  it('takes a stride for each axis, as the released video code has', () => {
    const specs: readonly ConvolutionSpec[] = [
      [3, [1, 2, 2], 4],
      [3, 2, 8],
    ];
    const sampleShape = [1, 16, 32, 32];
    const backbone = convolutionalBackbone(init, {
      encoder: specs,
      decoder: [
        [3, 2, 4],
        [3, [1, 2, 2], 1],
      ],
      sampleShape,
    });
    expect(backbone.codeShape).toEqual([8, 8, 8, 8]);
    expect(pass(backbone, sampleShape).y.dims).toEqual(['batch', ...sampleShape]);
  });

  it('puts the name it is given before its parameters’ names', () => {
    const named = mnistBackbone({ ...init, name: 'net' }, { sampleShape: [1, 28, 28] });
    const names = learned(pass(named, [1, 28, 28]).y).map(({ op }) => op.name);
    expect(names.every((name) => /^net\.(en|de)coder\./.test(name))).toBe(true);
  });

  it('starts uniform by the number of inputs, or normal as the released code', () => {
    const [uniform, normal] = (['uniform', 'normal'] as const).map((start) => {
      const made = mnistBackbone(init, { sampleShape: [1, 28, 28], start });
      const values = new Map(
        learned(pass(made, [1, 28, 28]).y).map(({ op }) => [op.name, [...op.initial.data]]),
      );
      const of = (name: string) => values.get(name) ?? [];
      const deviation = (list: readonly number[], mean: number) =>
        Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length);
      return {
        kernel: deviation(of('encoder.2.conv.weight'), 0),
        transposed: deviation(of('decoder.0.conv_transpose.weight'), 0),
        scale: deviation(of('encoder.2.batch_norm.weight'), 1),
        shift: deviation(of('encoder.2.batch_norm.bias'), 0),
      };
    });
    expect(uniform?.kernel).toBeCloseTo(1 / Math.sqrt(3 * 32 * 9), 3);
    expect(uniform?.scale).toBe(0);
    expect(normal?.kernel).toBeCloseTo(0.02, 3);
    expect(normal?.transposed).toBeCloseTo(0.02, 3);
    expect(normal?.scale).toBeGreaterThan(0.015);
    expect(normal?.scale).toBeLessThan(0.025);
    expect(normal?.shift).toBe(0);
  });
});
