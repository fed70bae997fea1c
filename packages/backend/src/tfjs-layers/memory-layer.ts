// The memory as a layer of TensorFlow.js, to be put between the encoder and the decoder of a model of one's own.

import { MemaeError } from '@memae/graph';
import { type Tensor, matMul, reshape, serialization, tidy } from '@tensorflow/tfjs-core';
import { type LayerVariable, type Shape, initializers, layers } from '@tensorflow/tfjs-layers';
import { type AddressingOptions, address } from './addressing.ts';

/** The base class's own settings, as `name`. */
type LayerArgs = ConstructorParameters<typeof layers.Layer>[0];

/** N, and what else a memory of `@memae/core` takes; the width is that of the input's last axis. */
export interface MemoryLayerArgs extends Partial<AddressingOptions> {
  readonly slots: number;
  /** Gives `[ẑ, ŵ]`, so that ŵ may enter the loss (default: ẑ alone). */
  readonly returnWeights?: boolean;
}

/**
 * z [B, … C] → ẑ of that shape, read position by position from N items of C numbers (eq. 3 to 7); with `returnWeights`
 * also ŵ [B, … N]. For one query a sample put a flatten layer before it. The weight `items` [N, C] starts uniform in ±1/√C.
 * Saved and loaded like any layer, by its class name `MemaeMemory`.
 * @throws `MEMORY_BAD_OPTION` as `createMemory` of `@memae/core` does.
 */
export class MemoryLayer extends layers.Layer {
  static readonly className = 'MemaeMemory';
  readonly #slots: number;
  readonly #returnWeights: boolean;
  readonly #addressing: AddressingOptions;
  #items: LayerVariable | undefined;

  constructor(args: MemoryLayerArgs & LayerArgs) {
    super(args);
    const { similarity = 'cosine', temperature = 1, shrinkage = 1, emptyRows = 'zeros' } = args;
    this.#slots = args.slots;
    this.#returnWeights = args.returnWeights ?? false;
    this.#addressing = { similarity, temperature, shrinkage, emptyRows };
    check(this.#slots, this.#addressing);
  }

  override build(inputShape: Shape | Shape[]): void {
    const width = oneShape(inputShape).at(-1) ?? 0;
    const bound = 1 / Math.sqrt(width);
    const initializer = initializers.randomUniform({ minval: -bound, maxval: bound });
    this.#items = this.addWeight('items', [this.#slots, width], 'float32', initializer);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shape = oneShape(inputShape);
    return this.#returnWeights ? [shape, [...shape.slice(0, -1), this.#slots]] : shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return tidy(() => {
      const [z] = [inputs].flat();
      if (z === undefined || this.#items === undefined) {
        throw new MemaeError(
          'MEMORY_BAD_OPTION',
          'A memory layer reads one tensor, but none came.',
        );
      }
      const items = this.#items.read();
      const [slots = 1, width = 1] = items.shape;
      const weights = address(reshape(z, [-1, width]), items, this.#addressing);
      const output = reshape(matMul(weights, items), z.shape);
      if (!this.#returnWeights) return output;
      return [output, reshape(weights, [...z.shape.slice(0, -1), slots])];
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      slots: this.#slots,
      returnWeights: this.#returnWeights,
      ...this.#addressing,
    };
  }
}

serialization.registerClass(MemoryLayer);

/** The layer, as TensorFlow.js's own `tf.layers.dense(…)` makes them. */
export function memory(args: MemoryLayerArgs & LayerArgs): MemoryLayer {
  return new MemoryLayer(args);
}

function oneShape(shape: Shape | Shape[]): Shape {
  const [first] = shape;
  return Array.isArray(first) ? first : (shape as Shape);
}

function check(
  slots: number,
  { similarity, temperature, shrinkage, emptyRows }: AddressingOptions,
): void {
  requireWord('similarity', similarity, ['cosine', 'dot']);
  requireWord('emptyRows', emptyRows, ['zeros', 'unshrunk']);
  if (!Number.isInteger(slots) || slots < 1) refuse('slots as a positive whole number', slots);
  if (!(temperature > 0 && temperature < Infinity)) refuse('a temperature above 0', temperature);
  if (shrinkage === null) return;
  // With the cosine no weight exceeds e²ᵗ / (e²ᵗ + N − 1).
  const largest =
    similarity === 'dot' ? slots : slots / (1 + (slots - 1) * Math.exp(-2 * temperature));
  if (!(shrinkage >= 0 && shrinkage < largest)) {
    refuse(
      `a shrinkage from 0 to below ${largest.toFixed(4)} (a multiple of 1/N), as no weight is larger`,
      shrinkage,
    );
  }
}

/** Options also come from JavaScript and from saved models, which no compiler checks. */
function requireWord<W extends string>(name: string, came: W, known: readonly W[]): void {
  if (!known.includes(came)) refuse(`${name} as one of ${known.join(', ')}`, came);
}

function refuse(expected: string, came: number | string): never {
  throw new MemaeError('MEMORY_BAD_OPTION', `A memory layer needs ${expected}, but ${came} came.`);
}
