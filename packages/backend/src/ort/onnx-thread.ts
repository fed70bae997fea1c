// The body of a thread that holds one finished model; `open-onnx-thread.ts` starts it and says what the messages mean.

import { MemaeError } from '@memae/graph';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openOnnx } from './open-onnx.ts';
import type { Answer, Call, ThreadData } from './open-onnx-thread.ts';

if (parentPort !== null) await serve(parentPort, workerData as ThreadData);

async function serve(port: MessagePort, { model, threads }: ThreadData): Promise<void> {
  const failure = (error: unknown) => ({
    code: error instanceof MemaeError ? String(error.code) : 'BACKEND_FAILED',
    message: error instanceof Error ? error.message : String(error),
  });
  const reply = (answer: Answer, memory: ArrayBuffer[] = []): void => {
    port.postMessage(answer, memory);
  };
  try {
    const executable = await openOnnx(model, { threads });
    port.on('message', ({ feeds, outputs }: Call) => {
      if (feeds === undefined) {
        void Promise.resolve(executable[Symbol.asyncDispose]()).then(() => {
          port.close();
        });
        return;
      }
      executable.run(feeds, outputs).then(
        (results) => {
          reply(
            { results },
            Object.values(results).map(({ data }) => data.buffer as ArrayBuffer),
          );
        },
        (error: unknown) => {
          reply({ failure: failure(error) });
        },
      );
    });
    reply({ ready: { inputs: executable.inputs, outputs: executable.outputs } });
  } catch (error) {
    reply({ failure: failure(error) });
    port.close();
  }
}
