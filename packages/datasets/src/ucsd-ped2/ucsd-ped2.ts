// UCSD Ped2 (Mahadevan, Li, Bhalodia, Vasconcelos, CVPR 2010): a walkway seen from a fixed camera; carts, bicycles and
// skateboards are the anomalies.

import type { PublishedVideos } from '../video/published-videos.ts';

export const ucsdPed2: PublishedVideos = {
  name: 'ucsd-ped2',
  folders: ['ucsd-ped2', 'UCSDped2', 'UCSD_Anomaly_Dataset.v1p2/UCSDped2'],
  source:
    'Get http://www.svcl.ucsd.edu/projects/anomaly/UCSD_Anomaly_Dataset.tar.gz and unpack it: its folder UCSDped2 holds ' +
    'Train and Test. The common layout of JPEGs (training/frames/01, testing/frames/01) is read, too.',
};
