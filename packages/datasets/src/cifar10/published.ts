// CIFAR-10's binary version, as published, and the names of its classes.

import type { Published } from '../download/published.ts';

/** The classes in the order of their labels, as in the archive's `batches.meta.txt`. */
export const cifar10Classes: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

export const cifar10Published: Published = {
  name: 'cifar10',
  title: 'CIFAR-10',
  files: [
    {
      file: 'cifar-10-binary.tar.gz',
      bytes: 170_052_171,
      sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
    },
  ],
  mirrors: [
    'https://www.cs.toronto.edu/~kriz/',
    'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/',
  ],
  instead: 'strokes',
};

/** The common archive of all 60,000 images as JPEG files of quality 75: lossy, about 30 dB from the original. */
export const cifar10Jpeg = {
  file: 'cifar10-jpg.tar.gz',
  sha256: '0adeec936d3e44b8fec1f1aa3ffc539c4e9b6202462c63a8fb441b59b9d7bb07',
} as const;

/** Height and width of an image, in pixels. */
export const cifar10Size = 32;
