// ShanghaiTech Campus (Luo, Liu, Gao, ICCV 2017): thirteen scenes of a campus; cyclists, fights, runners are the anomalies.

import type { PublishedVideos } from '../video/published-videos.ts';

export const shanghaiTech: PublishedVideos = {
  name: 'shanghai-tech',
  folders: ['shanghai-tech', 'shanghaitech', 'ShanghaiTech', 'shanghai'],
  source:
    'Get it by https://svip-lab.github.io/dataset/campus_dataset.html: training/videos (films), ' +
    'testing/frames, testing/test_frame_mask and testing/test_pixel_mask.',
};
