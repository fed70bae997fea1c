// A program on a device: parameters lie there between runs, plans are made for a batch size when it
// first comes, and updates take the parameters' places when all has been computed.

import {
  type AnyNdArray,
  type DType,
  type NdArray,
  type Program,
  ndarray,
  specialise,
} from '@memae/graph';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Feeds, Fetches } from '../backend.ts';
import type { Computation } from '../executable.ts';
import type { Device } from './device.ts';
import { deviceType } from './kernels.ts';
import { type Schedule, outOfMemory, saysOutOfMemory, scheduleOf } from './memory.ts';
import { type Plan, planOf } from './plan.ts';

/** A plan with what lies on the device for it. */
interface Prepared {
  readonly plan: Plan;
  readonly schedule: Schedule;
  /** Constants, and what is made of them and of parameters that never change. */
  readonly steady: Map<number, Tensor>;
}

/** What a run leaves on the device: a type that TensorFlow.js can search for tensors. */
type Results = Readonly<Record<'outputs' | 'updates', Record<string, Tensor>>>;

/** The last partial batch of an epoch has a size of its own: few plans, made when first needed. */
const mostPlans = 4;

export function tfjsComputation<O extends string>(
  program: Program<O>,
  device: Device,
): Computation<O> {
  const { tf } = device;
  const parameters = new Map<string, Tensor>();
  const plans = new Map<number, Prepared>();

  const upload = ({ dtype, shape, data }: AnyNdArray): Tensor =>
    tf.tensor(data, [...shape], deviceType(dtype));
  const uploadParameters = (): void => {
    for (const { op } of program.parameters) {
      if (!parameters.has(op.name)) parameters.set(op.name, upload(copyOf(op.initial)));
    }
  };

  const release = ({ steady }: Prepared): void => {
    for (const tensor of steady.values()) tensor.dispose();
  };
  const releaseOutputs = ({ outputs }: Results): void => {
    const kept = new Set(parameters.values());
    for (const { steady } of plans.values()) for (const tensor of steady.values()) kept.add(tensor);
    for (const tensor of Object.values(outputs)) if (!kept.has(tensor)) tensor.dispose();
  };

  const preparedFor = (batch: number): Prepared => {
    const known = plans.get(batch);
    if (known !== undefined) return known;
    const plan = planOf(specialise(program, batch));
    const prepared = { plan, schedule: scheduleOf(plan), steady: new Map<number, Tensor>() };
    if (prepared.schedule.peak > device.room) {
      throw outOfMemory(program, { device, batch, room: device.room });
    }
    plans.set(batch, prepared);
    for (const [size, oldest] of plans) {
      if (plans.size <= mostPlans) break;
      plans.delete(size);
      release(oldest);
    }
    return prepared;
  };

  const computed = (feeds: Feeds, batch: number): Results => {
    const { plan, schedule, steady } = preparedFor(batch);
    const values: (Tensor | undefined)[] = [];
    const at = (value: number): Tensor => {
      const tensor = values[value];
      if (tensor === undefined) throw new Error(`value ${value} was not computed`);
      return tensor;
    };
    const give = (value: number, tensor: Tensor): void => {
      values[value] = tensor;
      if (plan.values[value]?.steady) steady.set(value, tf.keep(tensor));
    };
    for (const [name, value] of plan.parameters) values[value] = parameters.get(name);
    for (const [value, tensor] of steady) values[value] = tensor;
    for (const [value, array] of plan.constants) {
      if (!steady.has(value)) give(value, upload(array));
    }
    const replacing = new Set([...plan.updates.values()].map((value) => plan.values[value]?.owner));
    for (const [name, value] of plan.inputs) {
      const feed = feeds[name];
      // A feed that becomes a parameter must not stay the caller's memory.
      if (feed !== undefined) values[value] = upload(replacing.has(value) ? copyOf(feed) : feed);
    }
    plan.steps.forEach(({ kernel, inputs, output, shape }, index) => {
      if (values[output] !== undefined) return;
      const compute = (): Tensor => kernel.compute(inputs.map(at), { run: device.run, shape });
      try {
        // What a kernel of several parts makes in between is let go with its end.
        give(output, kernel.names.length > 1 ? tf.tidy(compute) : compute());
      } catch (error) {
        if (!saysOutOfMemory(error)) throw error;
        // What lay on the device by then did fit.
        const room = schedule.held[index - 1] ?? 0;
        throw outOfMemory(program, { device, batch, room, cause: error });
      }
      for (const value of schedule.frees[index] ?? []) values[value]?.dispose();
    });

    const taken = new Set<Tensor>([...parameters.values(), ...steady.values()]);
    const updates: Record<string, Tensor> = {};
    for (const [name, value] of plan.updates) {
      const next = at(value);
      updates[name] = taken.has(next) ? tf.clone(next) : next;
      taken.add(next);
    }
    const outputs = [...plan.outputs].map(([name, value]) => [name, at(value)] as const);
    return { outputs: Object.fromEntries(outputs), updates };
  };

  return {
    run: async (feeds, batch) => {
      let results: Results | undefined;
      try {
        const { outputs, updates } = await device.use(() => {
          uploadParameters();
          return (results = tf.tidy(() => computed(feeds, batch)));
        });
        const fetched = await Promise.all(
          Object.entries<Program['outputs'][string]>(program.outputs).map(
            async ([name, { dtype }]) => [name, await download(outputs[name], dtype)] as const,
          ),
        );
        for (const [name, next] of Object.entries(updates)) {
          parameters.get(name)?.dispose();
          parameters.set(name, next);
        }
        return Object.fromEntries(fetched) as Fetches<O>;
      } catch (error) {
        tf.dispose(results?.updates ?? {});
        throw saysOutOfMemory(error)
          ? outOfMemory(program, { device, batch, cause: error })
          : error;
      } finally {
        if (results !== undefined) releaseOutputs(results);
      }
    },
    readParameters: async () => {
      await device.use(uploadParameters);
      const read = [...parameters].map(
        async ([name, tensor]) => [name, (await download(tensor, 'float32')) as NdArray] as const,
      );
      return new Map(await Promise.all(read));
    },
    dispose: () => {
      for (const prepared of plans.values()) release(prepared);
      for (const tensor of parameters.values()) tensor.dispose();
    },
  };
}

function copyOf(array: AnyNdArray): AnyNdArray {
  return { ...array, data: array.data.slice() } as AnyNdArray;
}

/** A copy of what lies on the device, in the tensor's own element type. */
async function download(tensor: Tensor | undefined, dtype: DType): Promise<AnyNdArray> {
  if (tensor === undefined) throw new TypeError('the plan gave no such output');
  const data = await tensor.data();
  const { shape } = tensor;
  if (dtype === 'int32') return ndarray(Int32Array.from(data), shape);
  if (dtype === 'uint8') return ndarray(Uint8Array.from(data), shape);
  return ndarray(Float32Array.from(data), shape);
}
