// The empty scene on a data set of videos, by each of its settings: node measure.ts NAME HEIGHTxWIDTH [STRIDE]

import { openBackend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { batchFor, frameOf, openVideoSplit } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { frameAuroc, groupByVideo } from '@memae/metrics';
import { emptyScene } from './empty-scene.ts';

const [source = 'moving-shapes', text = '32x32', stride = '8'] = process.argv.slice(2);
const [height = 32, width = 32] = text.split('x').map(Number);
const root = process.env['MEMAE_DATA'];
const split = await openVideoSplit(source, {
  ...(root !== undefined && { root }),
  random: createRandom(1),
  size: [height, width],
  stride: Number(stride),
});
const backend = await openBackend([ortBackend({ threads: 1 })]);
for (const scene of ['median', 'mean']) {
  for (const error of ['absolute', 'squared']) {
    const detector = await emptyScene
      .createFrom({ scene, error })
      .fit(split.train, { backend, random: createRandom(1) });
    const names: string[] = [];
    const scores: number[] = [];
    const labels: number[] = [];
    const { test } = split;
    for await (const batch of test.batches({ size: batchFor(test.sampleShape) })) {
      scores.push(...(await detector.score(batch.samples)));
      names.push(...batch.keys.map((key) => frameOf(key).video));
      labels.push(...batch.labels);
    }
    await detector[Symbol.asyncDispose]();
    const { microNormalised, micro, macro } = frameAuroc(groupByVideo(names, { scores, labels }));
    const told = [microNormalised, micro, macro].map((value) => value.toFixed(4)).join('  ');
    process.stdout.write(`${scene.padEnd(7)} ${error.padEnd(9)} normalised, raw, macro: ${told}\n`);
  }
}
await backend[Symbol.asyncDispose]();
