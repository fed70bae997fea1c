// TensorFlow.js 4 transposes convolutions in three dimensions, but has no gradient for that: the decoder of a video would not
// train. For y = conv3dTranspose(x, w), with conv3d's own kernels:
//
//   ∂/∂x = conv3d(∂y, w)        ∂/∂w = the gradient of w in conv3d(∂y, w) for x as the gradient of its result

import {
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  type GradConfig,
  type Tensor,
  type Tensor5D,
  conv3d,
  engine,
  getGradient,
  registerGradient,
} from '@tensorflow/tfjs-core';

interface Attributes {
  readonly strides: number | [number, number, number];
  readonly pad: 'same' | 'valid';
}

/** Lets `tf.conv3dTranspose` and its layer train; a gradient that is there already stays. */
export function registerConv3dTransposeGradient(): void {
  const known = getGradient(Conv3DBackpropInputV2) as GradConfig | undefined;
  if (known !== undefined) return;
  registerGradient({
    kernelName: Conv3DBackpropInputV2,
    inputsToSave: ['dy', 'filter'],
    gradFunc: (gradient, saved, attributes) => {
      const [x, filter] = saved as [Tensor5D, Tensor5D];
      const { strides, pad } = attributes as unknown as Attributes;
      const dy = gradient as Tensor5D;
      return {
        dy: () => conv3d(dy, filter, strides, pad),
        filter: () =>
          engine().runKernel<Tensor>(
            Conv3DBackpropFilterV2,
            { x: dy, dy: x },
            { strides, pad, filterShape: filter.shape },
          ),
      };
    },
  });
}
