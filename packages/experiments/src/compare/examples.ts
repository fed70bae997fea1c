// Which test samples a report shows: some drawn at random, and those each method errs most on.

import type { LabelledBatch } from '@memae/datasets';
import { type NdArray, type Random, slice } from '@memae/graph';
import type { Example, MethodOutcome, TestFacts, View } from './comparison.ts';
import { runExported } from './exported-model.ts';
import type { ModelOutputs } from './run-in-batches.ts';
import { sampleAt, takeSamples } from './samples.ts';

/** How many items of a reading are kept. */
const readingLength = 5;

export interface ExampleCounts {
  /** Normal samples drawn at random, and as many anomalies, of as many classes as there are. */
  readonly drawn: number;
  /** For each method: normal samples with its highest scores, and anomalies with its lowest. */
  readonly hardest: number;
}

/** A sample by its index in the test set, and why it was chosen. */
export interface Choice extends Pick<Example, 'hardestFor'> {
  readonly index: number;
}

/** Chooses samples: first those drawn, normal before anomalous, then the hardest of each method. */
export function chooseExamples(
  { labels, classes }: Pick<TestFacts, 'labels' | 'classes'>,
  {
    methods,
    random,
    counts,
  }: {
    readonly methods: readonly Pick<MethodOutcome, 'id' | 'scores'>[];
    readonly random: Random;
    readonly counts: ExampleCounts;
  },
): Choice[] {
  const order = Array.from(random.permutation(labels.length));
  const drawn = [0, 1].flatMap((label) => {
    const candidates = order.filter((index) => labels[index] === label);
    return spread(candidates, (index) => classes[index] ?? '').slice(0, counts.drawn);
  });
  const hardest = methods.flatMap(({ id, scores }) => {
    const score = (index: number): number => scores[index] ?? 0;
    const ascending = order.toSorted((a, b) => score(a) - score(b));
    const normals = ascending.filter((index) => labels[index] === 0).reverse();
    const anomalies = ascending.filter((index) => labels[index] === 1);
    return [normals, anomalies].flatMap((indices) =>
      indices.slice(0, counts.hardest).map((index) => ({ index, hardestFor: id })),
    );
  });
  return [...drawn.map((index) => ({ index, hardestFor: null })), ...hardest];
}

/** The same items, those first whose class has come the fewest times before. */
function spread<T>(items: readonly T[], classOf: (item: T) => string): T[] {
  const seen = new Map<string, number>();
  const turns = items.map((item) => {
    const turn = seen.get(classOf(item)) ?? 0;
    seen.set(classOf(item), turn + 1);
    return { item, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ item }) => item);
}

/** Puts the chosen samples through each method's exported model. */
export async function viewExamples(
  choices: readonly Choice[],
  {
    test,
    facts,
    methods,
    ...engine
  }: {
    readonly test: LabelledBatch;
    readonly facts: TestFacts;
    readonly methods: readonly MethodOutcome[];
    readonly threads?: number;
  },
): Promise<Example[]> {
  const samples = takeSamples(
    test.samples,
    choices.map(({ index }) => index),
  );
  const views: View[][] = [];
  for (const { exported, threshold } of methods) {
    const found = await runExported(exported.model, {
      samples,
      outputs: ['score', 'reconstruction', 'errorMap', 'weights'],
      ...engine,
    });
    views.push(choices.map((_, i) => viewOf(found, i, threshold.value)));
  }
  return choices.map(({ index, hardestFor }, i) => ({
    key: facts.keys[index] ?? '',
    label: facts.labels[index] ?? 0,
    class: facts.classes[index] ?? '',
    hardestFor,
    sample: sampleAt(test.samples, index),
    views: views.flatMap((all) => all[i] ?? []),
  }));
}

function viewOf(found: ModelOutputs, index: number, threshold: number): View {
  const { score, reconstruction, errorMap, weights } = found;
  const value = score?.data[index] ?? NaN;
  return {
    score: value,
    flagged: value > threshold,
    ...(reconstruction && { reconstruction: row(reconstruction, index) }),
    ...(errorMap && { errorMap: row(errorMap, index) }),
    ...(weights?.shape.length === 2 && { reading: mostRead(row(weights, index).data) }),
  };
}

/** Row `index` without the first axis. */
export function row(array: NdArray, index: number): NdArray {
  const { shape, ...rest } = slice(array, index, index + 1);
  return { ...rest, shape: shape.slice(1) };
}

/** The items with the highest weights, without those that have none. */
function mostRead(weights: Float32Array): { item: number; weight: number }[] {
  return Array.from(weights, (weight, item) => ({ item, weight }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, readingLength);
}
