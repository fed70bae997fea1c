// Each operation over random shapes: its value against the reference, its gradient against the reference
// and, independently of every gradient rule, against central finite differences.

import {
  type OpType,
  type Program,
  type Tensor,
  add,
  cast,
  createRandom,
  defineProgram,
  differentiate,
  inOrder,
  mul,
  parameter,
  sum,
  zeros,
} from '@memae/graph';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend.ts';
import { type Given, evaluate } from '../reference/evaluate.ts';
import { type Value, fromArray } from '../reference/value.ts';
import { cases } from './cases.ts';
import { type Draw, createDraw } from './draw.ts';
import { expectClose } from './expect-close.ts';
import { isRefused } from './is-refused.ts';
import { together } from './together.ts';

const rounds = 6;
const step = 1e-5;

export function describeOperations(backend: () => Backend, lacks: readonly OpType[]): void {
  describe('operations and their gradients over random shapes', () => {
    for (const type of Object.keys(cases) as OpType[]) {
      it(type, async () => {
        const random = createRandom(1).fork(type);
        for (let round = 0; round < rounds; round += 1) {
          const draw = createDraw(random, {
            spatial: 1 + (round % 3),
            batch: round % 2 === 0 ? 3 : 1,
          });
          // An engine may compute a program that learns in another way than one that only scores.
          const y = cases[type](draw);
          expect(inOrder([y]).map(({ op }) => op.type)).toContain(type);
          await check(backend(), { y, draw, learns: round >= 3, lacks });
        }
      });
    }
  });

  describe('operations together', () => {
    it.each(Object.entries(together))('%s', async (name, drawn) => {
      const random = createRandom(1).fork(name);
      for (const learns of [false, true]) {
        const draw = createDraw(random, { spatial: 1, batch: 2 });
        await check(backend(), { y: drawn(draw), draw, learns, lacks });
      }
    });
  });
}

async function check(
  backend: Backend,
  {
    y,
    draw,
    learns,
    lacks,
  }: {
    readonly y: Tensor;
    readonly draw: Draw;
    readonly learns: boolean;
    readonly lacks: readonly OpType[];
  },
): Promise<void> {
  // A random weight an element: no two errors cancel, and every gradient depends on its place.
  const loss = sum(mul(cast(y, 'float32'), draw.real(y.dims)));
  const found = differentiate(loss, draw.leaves);
  const gradients = draw.leaves.flatMap((leaf) => {
    const gradient = found.get(leaf);
    return gradient === undefined ? [] : [[`gradient of ${leaf.op.name}`, gradient] as const];
  });
  const wanted: Record<string, Tensor> = { y, loss, ...Object.fromEntries(gradients) };
  const steps = parameter('steps', zeros([]));
  const updates = new Map(learns ? [[steps, add(steps, 1)]] : []);
  const program = defineProgram(await accepted(backend, wanted, lacks), updates);
  const given = givenTo(program, draw);

  const executable = await backend.compile(program);
  const fetched = await executable.run(
    Object.fromEntries(
      program.inputs.flatMap(({ op: { name } }) => {
        const feed = draw.feeds[name];
        return feed === undefined ? [] : [[name, feed]];
      }),
    ),
  );
  const parameters = await executable.readParameters();
  await executable[Symbol.asyncDispose]();

  const expected = evaluate(
    [...Object.values(program.outputs), ...program.updates.values()],
    given,
  );
  for (const [name, tensor] of Object.entries(program.outputs)) {
    const value = expected.get(tensor);
    const actual = fetched[name];
    if (value === undefined || actual === undefined) return expect.fail(`no ${name} came back`);
    expect(actual.dtype, `element type of ${name}`).toBe(tensor.dtype);
    expectClose(actual, value, name);
  }
  for (const [{ op }, next] of program.updates) {
    const value = expected.get(next);
    const actual = parameters.get(op.name);
    if (value === undefined || actual === undefined) return expect.fail(`no ${op.name} came back`);
    expectClose(actual, value, op.name);
  }
  checkSlopes(program, { draw, given });
}

/** What is left of the outputs when those are taken away that the engine refuses to compute. */
async function accepted(
  backend: Backend,
  wanted: Readonly<Record<string, Tensor>>,
  lacks: readonly OpType[],
): Promise<Record<string, Tensor>> {
  const left: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(wanted)) {
    if (!(await isRefused(backend, defineProgram({ [name]: tensor }), lacks))) left[name] = tensor;
  }
  return left;
}

/** Along one random direction a leaf: (loss(x + h·r) − loss(x − h·r)) / 2h = Σ gradient · r. */
function checkSlopes(
  { outputs, parameters, inputs }: Program,
  { draw, given }: { readonly draw: Draw; readonly given: Given },
): void {
  const { loss } = outputs;
  if (loss === undefined) return; // The engine lacks the operation itself.
  const lossOf = (leaves: Given['leaves']): number =>
    evaluate([loss], { ...given, leaves }).get(loss)?.data[0] ?? NaN;
  for (const leaf of [...parameters, ...inputs]) {
    const { name } = leaf.op;
    const at = given.leaves.get(leaf);
    if (at === undefined || !draw.leaves.some(({ op }) => op.name === name)) continue;
    const direction = at.data.map(() => draw.random.normal());
    const moved = (by: number): Value => ({
      ...at,
      data: at.data.map((v, i) => v + by * (direction[i] ?? 0)),
    });
    const ahead = lossOf(new Map(given.leaves).set(leaf, moved(step)));
    const behind = lossOf(new Map(given.leaves).set(leaf, moved(-step)));
    const slope = (ahead - behind) / (2 * step);

    const tensor = outputs[`gradient of ${name}`];
    if (tensor === undefined) continue; // The engine lacks the gradient.
    const gradient = evaluate([tensor], given).get(tensor)?.data;
    const terms = direction.map((r, i) => r * (gradient?.[i] ?? 0));
    const scale = terms.reduce((total, term) => total + Math.abs(term), 1);
    const predicted = terms.reduce((total, term) => total + term, 0);
    expect(Math.abs(predicted - slope) / scale, `slope along ${name}`).toBeLessThan(1e-6);
  }
}

function givenTo(program: Program, { feeds, batch }: Draw): Given {
  const leaves = new Map<Tensor, Value>(
    program.parameters.map((parameter) => [parameter, fromArray(parameter.op.initial)]),
  );
  for (const leaf of program.inputs) {
    const feed = feeds[leaf.op.name];
    if (feed !== undefined) leaves.set(leaf, fromArray(feed));
  }
  return { leaves: leaves as Given['leaves'], batch };
}
