import { type Tensor, createRandom, defineProgram, printProgram, sizeOf } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import type { Backbone } from './backbone.ts';
import {
  type NetworkOptions,
  cifar10Backbone,
  createNetwork,
  imageBackbone,
  mnistBackbone,
  networkFor,
  kddcup99Backbone,
  tabularBackbone,
  videoBackbone,
} from './networks.ts';
import { init, learned, namesOf, pass } from './testing/networks.ts';

const paddings = ['same', 'none'] as const;

function mnist(options: Partial<NetworkOptions> = {}): Backbone {
  return mnistBackbone(init, { sampleShape: [1, 28, 28], ...options });
}

function listed(...tensors: readonly Tensor[]): string {
  return printProgram(defineProgram(Object.fromEntries(tensors.map((t, i) => [String(i), t]))));
}

/** The shapes of the convolutions' kernels, first to last. */
function kernels(y: Tensor): string[] {
  return namesOf(learned(y).filter(({ op }) => /conv.*weight$/.test(op.name))).map(
    (name) => name.split(' ')[1] ?? '',
  );
}

describe('mnistBackbone', () => {
  it('is the paper’s network, parameter for parameter', () => {
    const { code, y } = pass(mnist(), [1, 28, 28]);
    expect(code.dims).toEqual(['batch', 64, 4, 4]);
    expect(namesOf(learned(y))).toEqual([
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

  it('refuses a width that no machine holds, before it draws any', () => {
    const wide = { sampleShape: [1, 28, 28], width: 1e6 };
    expect(() => mnistBackbone(init, wide)).toThrow(
      'are the most that it may have. Lower network.width.',
    );
    expect(() => mnistBackbone(init, wide)).toThrow(
      expect.objectContaining({ code: 'ARCHITECTURE_TOO_LARGE' }) as Error,
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

describe('cifar10Backbone', () => {
  it('is the paper’s network', () => {
    const backbone = cifar10Backbone(init, { sampleShape: [3, 32, 32] });
    expect(backbone.codeShape).toEqual([256, 2, 2]);
    const { y } = pass(backbone, [3, 32, 32]);
    expect(y.dims).toEqual(['batch', 3, 32, 32]);
    expect(kernels(y)).toEqual([
      '64×3×3×3',
      '128×64×3×3',
      '128×128×3×3',
      '256×128×3×3',
      '256×256×3×3',
      '256×128×3×3',
      '128×128×3×3',
      '128×3×3×3',
    ]);
  });

  it('takes any size and number of channels, and any multiple of its own', () => {
    const sampleShape = [1, 45, 30];
    const backbone = cifar10Backbone(init, { sampleShape, width: 0.25 });
    expect(backbone.codeShape).toEqual([64, 3, 2]);
    expect(pass(backbone, sampleShape).y.dims).toEqual(['batch', ...sampleShape]);
  });
});

describe('videoBackbone', () => {
  const sampleShape = [1, 16, 256, 256];
  const sizes = { strides: 'paper', decoder: 'paper' } as const;

  it('is the released code’s network: time goes from 16 to 2, widths back are 256-128-96-1', () => {
    const backbone = videoBackbone(init, { sampleShape });
    expect(backbone.codeShape).toEqual([256, 2, 16, 16]);
    const { y } = pass(backbone, sampleShape);
    expect(y.dims).toEqual(['batch', ...sampleShape]);
    expect(kernels(y)).toEqual([
      '96×1×3×3×3',
      '128×96×3×3×3',
      '256×128×3×3×3',
      '256×256×3×3×3',
      '256×256×3×3×3',
      '256×128×3×3×3',
      '128×96×3×3×3',
      '96×1×3×3×3',
    ]);
  });

  it('or the paper’s: time goes from 16 to 1, widths back are 256-256-128-1', () => {
    const backbone = videoBackbone(init, { sampleShape, ...sizes });
    expect(backbone.codeShape).toEqual([256, 1, 16, 16]);
    const { y } = pass(backbone, sampleShape);
    expect(y.dims).toEqual(['batch', ...sampleShape]);
    expect(kernels(y).slice(4)).toEqual([
      '256×256×3×3×3',
      '256×256×3×3×3',
      '256×128×3×3×3',
      '128×1×3×3×3',
    ]);
  });

  it.each([
    [1, 1, 8, 8],
    [3, 5, 37, 50],
    [1, 16, 100, 64],
    [1, 9, 17, 31],
  ])('gives back %i channels, %i frames, %i×%i pixels', (...shape) => {
    for (const options of [{}, sizes]) {
      const backbone = videoBackbone(init, { sampleShape: shape, width: 0.05, ...options });
      expect(pass(backbone, shape).y.dims).toEqual(['batch', ...shape]);
    }
  });
});

describe('kddcup99Backbone and tabularBackbone', () => {
  it.each([
    [kddcup99Backbone, 3],
    [tabularBackbone, 32],
  ])('have as many inputs as there are columns, and the widths asked for', (build, width) => {
    const { code, y } = pass(build(init, { sampleShape: [121] }), [121]);
    expect([code.dims, y.dims]).toEqual([
      ['batch', width],
      ['batch', 121],
    ]);
    expect(y.op.type).toBe('add');
    const small = build(init, { sampleShape: [7], widths: [5, 2], output: 'sigmoid' });
    expect(small.codeShape).toEqual([2]);
    expect(pass(small, [7]).y.op.type).toBe('sigmoid');
  });
});

describe('imageBackbone', () => {
  it.each([
    [[1, 64, 64], undefined, [128, 8, 8]],
    [[3, 100, 260], undefined, [256, 7, 17]],
    [[3, 512, 512], undefined, [256, 8, 8]],
    [[1, 5, 7], undefined, [32, 3, 4]],
    [[1, 64, 64], 1, [32, 32, 32]],
  ])('%j at depth %s has the code %j, and comes back', (sampleShape, depth, codeShape) => {
    const backbone = imageBackbone(init, { sampleShape, ...(depth && { depth }) });
    const { x, code, y } = pass(backbone, sampleShape);
    expect(code.dims).toEqual(['batch', ...codeShape]);
    expect(y.dims).toEqual(x.dims);
  });

  it('widens with every halving, up to 256 channels', () => {
    const sampleShape = [1, 64, 64];
    const { code } = pass(imageBackbone(init, { sampleShape, depth: 5, width: 0.5 }), sampleShape);
    expect(kernels(code)).toEqual([
      '16×1×3×3',
      '32×16×3×3',
      '64×32×3×3',
      '128×64×3×3',
      '128×128×3×3',
    ]);
  });
});

describe('networkFor', () => {
  it('goes by the kind of data, for images by the size and the channels', () => {
    const name = 'data';
    const image = (channels: number) => [channels, 32, 32];
    expect(networkFor({ name, modality: 'image', sampleShape: image(1) })).toBe('mnist');
    expect(networkFor({ name, modality: 'image', sampleShape: image(3) })).toBe('cifar10');
    expect(networkFor({ name, modality: 'image', sampleShape: [1, 28, 33] })).toBe('image');
    expect(networkFor({ name, modality: 'video', sampleShape: [3, 16, 32, 32] })).toBe('video');
    expect(networkFor({ name, modality: 'tabular', sampleShape: [120] })).toBe('tabular');
    const kdd = { name: 'kddcup99', modality: 'tabular', sampleShape: [120] } as const;
    expect(networkFor(kdd)).toBe('kddcup99');
    expect(networkFor({ ...kdd, name: 'kddcup99 train' })).toBe('kddcup99');
    expect(networkFor({ ...kdd, name: 'kddcup99.csv train' })).toBe('tabular');
  });
});

describe('createNetwork', () => {
  const clips = { name: 'clips', modality: 'video', sampleShape: [1, 16, 32, 32] } as const;

  it('builds the network asked for', () => {
    const digits = { name: 'digits', modality: 'image', sampleShape: [1, 28, 28] } as const;
    const codeOf = (network: 'mnist' | 'cifar10') =>
      createNetwork(init, { network, data: digits }).codeShape;
    expect([codeOf('mnist'), codeOf('cifar10')]).toEqual([
      [64, 4, 4],
      [256, 2, 2],
    ]);
  });

  it('refuses data of another kind, and samples of other axes', () => {
    expect(() => createNetwork(init, { network: 'mnist', data: clips })).toThrow(
      'The network mnist takes image samples [C, H, W], but clips has video samples of 1×16×32×32. ' +
        'Set network.backbone=auto, or give other data.',
    );
    const flat = { ...clips, sampleShape: [16, 32, 32] };
    expect(() => createNetwork(init, { network: 'video', data: flat })).toThrow(
      expect.objectContaining({ code: 'ARCHITECTURE_UNFIT' }) as Error,
    );
  });
});
