// For tests: what a backbone makes of samples, and what it learns.

import { type Parameter, type Tensor, createRandom, defineProgram, input } from '@memae/graph';
import type { Backbone } from '../backbone.ts';

export const init = { name: '', random: createRandom(1) };

/** Samples, their encoding and their reconstruction. */
export function pass(backbone: Backbone, sampleShape: readonly number[]) {
  const x = input('x', ['batch', ...sampleShape]);
  const code = backbone.encoder(x, 'train');
  return { x, code, y: backbone.decoder(code, 'train') };
}

/** Parameters that training changes by their gradients, not by averages. */
export function learned(y: Tensor): Parameter[] {
  return defineProgram({ y }).parameters.filter(({ op }) => !op.name.includes('.running_'));
}

/** Each with its name and its shape: `encoder.0.conv.weight 16×1×1×1`. */
export function namesOf(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ op }) => `${op.name} ${op.initial.shape.join('×')}`);
}
