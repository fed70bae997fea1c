// The data sets that are known by name, for those who list them.

import type { Modality } from './dataset.ts';

/** A data set that is known by name. */
export interface KnownData {
  readonly name: string;
  readonly modality: Modality;
  /** What it is, in a line. */
  readonly title: string;
  /** `drawn` by the package; `downloaded` where it is not on disk; `brought` by the user, for it may not be passed on. */
  readonly comes: 'drawn' | 'downloaded' | 'brought';
}

export const knownData: readonly KnownData[] = [
  {
    name: 'mnist',
    modality: 'image',
    title: 'MNIST: 70,000 handwritten digits, 28 × 28 grey',
    comes: 'downloaded',
  },
  {
    name: 'cifar10',
    modality: 'image',
    title: 'CIFAR-10: 60,000 pictures of ten things, 32 × 32 colour',
    comes: 'downloaded',
  },
  {
    name: 'strokes',
    modality: 'image',
    title: '15,000 drawn digits, 28 × 28 grey',
    comes: 'drawn',
  },
  {
    name: 'textures',
    modality: 'image',
    title:
      'four drawn surfaces, 64 × 64 grey, some with planted defects and masks; laid out as MVTec AD',
    comes: 'drawn',
  },
  {
    name: 'kddcup99',
    modality: 'tabular',
    title: 'KDDCUP99, 10 %: 494,021 network connections; attacks are the normal class',
    comes: 'downloaded',
  },
  {
    name: 'flows',
    modality: 'tabular',
    title: '20,000 drawn network connections, a fifth of them attacks',
    comes: 'drawn',
  },
  {
    name: 'ucsd-ped2',
    modality: 'video',
    title: 'UCSD Ped2: 28 videos of a walkway, with cyclists and carts as anomalies',
    comes: 'brought',
  },
  {
    name: 'avenue',
    modality: 'video',
    title: 'CUHK Avenue: 37 videos of an entrance, with runners and thrown things as anomalies',
    comes: 'brought',
  },
  {
    name: 'shanghai-tech',
    modality: 'video',
    title: 'ShanghaiTech Campus: 437 videos of 13 scenes',
    comes: 'brought',
  },
  {
    name: 'moving-shapes',
    modality: 'video',
    title: 'drawn videos of moving shapes, some of them odd',
    comes: 'drawn',
  },
];

/** The names of those that `openPool` opens. */
export const knownPools: readonly string[] = knownData.flatMap(({ name, modality }) =>
  modality === 'image' && name !== 'textures' ? [name] : [],
);
