import { describe, expect, it } from 'vitest';
import { denseBackbone } from './dense-backbone.ts';
import { init, learned, namesOf, pass } from './testing/networks.ts';

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
    expect(namesOf(weights)).toEqual([
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

  it('refuses widths that no machine holds, before it draws them', () => {
    expect(() => denseBackbone(init, { widths: [4, 99999, 99999] })).toThrow(
      'The network would have 20,000,399,994 numbers, but 268,435,456 (1 GiB) are the most that it may have. Lower network.widths',
    );
  });

  it('ends in a sigmoid where asked to', () => {
    const { y } = pass(denseBackbone(init, { widths: [4, 2], output: 'sigmoid' }), [4]);
    expect(y.op.type).toBe('sigmoid');
  });
});
