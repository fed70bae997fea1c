import {
  type Tensor,
  createRandom,
  defineProgram,
  input,
  printProgram,
  sizeOf,
} from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Backbone,
  type ConvolutionSpec,
  type ConvolutionalOptions,
  convolutionalBackbone,
  denseBackbone,
  mnistBackbone,
} from './backbone.ts';

const init = { name: '', random: createRandom(1) };
const paddings = ['same', 'none'] as const;

function mnist(options: Partial<ConvolutionalOptions> = {}): Backbone {
  return mnistBackbone(init, { sampleShape: [1, 28, 28], ...options });
}

/** Samples, their encoding and their reconstruction. */
function pass(backbone: Backbone, sampleShape: readonly number[]) {
  const x = input('x', ['batch', ...sampleShape]);
  const code = backbone.encoder(x, 'train');
  return { x, code, y: backbone.decoder(code, 'train') };
}

function listed(...tensors: readonly Tensor[]): string {
  return printProgram(defineProgram(Object.fromEntries(tensors.map((t, i) => [String(i), t]))));
}

/** Parameters that training changes by their gradients, not by averages. */
function learned(y: Tensor) {
  return defineProgram({ y }).parameters.filter(({ op }) => !op.name.includes('.running_'));
}

describe('mnistBackbone', () => {
  it('is the paper’s network, parameter for parameter', () => {
    const { code, y } = pass(mnist(), [1, 28, 28]);
    expect(code.dims).toEqual(['batch', 64, 4, 4]);
    expect(learned(y).map(({ op }) => `${op.name} ${op.initial.shape.join('×')}`)).toEqual([
      'encoder.0.conv.weight 16×1×1×1',
      'encoder.0.batch_norm.weight 16',
      'encoder.0.batch_norm.bias 16',
      'encoder.1.conv.weight 32×16×3×3',
      'encoder.1.batch_norm.weight 32',
      'encoder.1.batch_norm.bias 32',
      'encoder.2.conv.weight 64×32×3×3',
      'encoder.2.batch_norm.weight 64',
      'encoder.2.batch_norm.bias 64',
      'decoder.0.conv_transpose.weight 64×64×3×3',
      'decoder.0.batch_norm.weight 64',
      'decoder.0.batch_norm.bias 64',
      'decoder.1.conv_transpose.weight 64×32×3×3',
      'decoder.1.batch_norm.weight 32',
      'decoder.1.batch_norm.bias 32',
      'decoder.2.conv_transpose.weight 32×1×3×3',
      'decoder.2.conv_transpose.bias 1',
    ]);
  });

  it('has as many parameters as in PyTorch', () => {
    // sum(p.numel() for p in net.parameters()), with Conv2d and ConvTranspose2d without bias but the last.
    const { y } = pass(mnist(), [1, 28, 28]);
    const count = learned(y).reduce((total, { op }) => total + sizeOf(op.initial.shape), 0);
    expect(count).toBe(79_057);
  });

  it('takes any number of channels', () => {
    const { y } = pass(mnist({ sampleShape: [3, 20, 24] }), [3, 20, 24]);
    expect(y.dims).toEqual(['batch', 3, 20, 24]);
  });

  it.each(paddings)('gives back every size there is (padding %s)', (padding) => {
    const smallest = padding === 'same' ? 1 : 13;
    for (let height = smallest; height < 36; height += 1) {
      for (const width of [smallest, 29]) {
        const sampleShape = [1, height, width];
        const backbone = mnist({ sampleShape, padding });
        const { x, code, y } = pass(backbone, sampleShape);
        expect(y.dims).toEqual(x.dims);
        expect(code.dims).toEqual(['batch', ...backbone.codeShape]);
      }
    }
  });

  it('refuses samples in which a kernel no longer fits', () => {
    expect(() => mnist({ sampleShape: [1, 28, 12], padding: 'none' })).toThrow(
      'Samples of 1×28×12 are too small for Conv(1, 2, 16)-Conv(3, 2, 32)-Conv(3, 2, 64): ' +
        'a kernel no longer fits. Use larger samples, or the padding "same".',
    );
    expect(() => mnist({ sampleShape: [1, 5, 5], padding: 'none' })).toThrow(
      expect.objectContaining({ code: 'ARCHITECTURE_SAMPLE_TOO_SMALL' }) as Error,
    );
  });

  it('ends linear or in a sigmoid, with the activation asked for before', () => {
    const { y } = pass(mnist(), [1, 28, 28]);
    expect(listed(y)).toContain('relu(');
    expect(listed(y)).not.toContain('sigmoid(');
    expect(pass(mnist({ output: 'sigmoid' }), [1, 28, 28]).y.op.type).toBe('sigmoid');
    const leaky = listed(pass(mnist({ activation: 'leaky-relu' }), [1, 28, 28]).y);
    expect(leaky).toContain('slope 0.2');
    expect(leaky).not.toContain('= relu(');
  });

  it('starts from the same numbers for the same seed', () => {
    const values = (seed: number) =>
      learned(
        pass(
          mnistBackbone({ name: '', random: createRandom(seed) }, { sampleShape: [1, 28, 28] }),
          [1, 28, 28],
        ).y,
      ).map(({ op }) => op.initial.data);
    expect(values(3)).toEqual(values(3));
    expect(values(3)).not.toEqual(values(4));
  });
});

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
});

describe('denseBackbone', () => {
  it('is the paper’s network for KDDCUP99, no activation after the last layer', () => {
    const backbone = denseBackbone(init, { widths: [120, 60, 30, 10, 3] });
    expect(backbone.codeShape).toEqual([3]);
    const { code, y } = pass(backbone, [120]);
    expect(code.dims).toEqual(['batch', 3]);
    expect(code.op.type).toBe('tanh');
    expect(y.dims).toEqual(['batch', 120]);
    expect(y.op.type).toBe('add');
    const weights = learned(y).filter(({ op }) => op.name.endsWith('.weight'));
    expect(weights.map(({ op }) => `${op.name} ${op.initial.shape.join('×')}`)).toEqual([
      'encoder.0.dense.weight 60×120',
      'encoder.1.dense.weight 30×60',
      'encoder.2.dense.weight 10×30',
      'encoder.3.dense.weight 3×10',
      'decoder.0.dense.weight 10×3',
      'decoder.1.dense.weight 30×10',
      'decoder.2.dense.weight 60×30',
      'decoder.3.dense.weight 120×60',
    ]);
  });
});
