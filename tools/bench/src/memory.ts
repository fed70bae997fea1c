// The most memory that a process holds which takes one case's steps and nothing else.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ortBackend } from '@memae/backend/ort';
import type { Case } from './cases.ts';
import { randomSamples, scoringProgram, trainingProgram } from './models.ts';
import { startTorch } from './torch.ts';

/** Enough for memory to stop growing. */
const steps = 4;

/** Megabytes of our side, in a new process. */
export async function ourMemory(one: Case, threads: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    import.meta.filename,
    JSON.stringify({ ...one, threads }),
  ]);
  return Number(stdout);
}

/** Megabytes of PyTorch's side, in a new process. */
export async function torchMemory(
  python: string,
  { threads, ...one }: Case & { readonly threads: number },
): Promise<number> {
  const torch = startTorch(python);
  const { megabytes } = await torch.measure({ ...one, steps, threads });
  torch.close();
  return megabytes;
}

const [, file, request] = process.argv;
if (file === import.meta.filename && request !== undefined) {
  const { mode, shape, batch, threads } = JSON.parse(request) as Case & { threads: number };
  const backend = await ortBackend({ threads }).open();
  const executable = await backend.compile(
    mode === 'train' ? trainingProgram(shape) : scoringProgram(shape),
  );
  const samples = randomSamples(shape, batch);
  for (let i = 0; i < steps; i += 1) await executable.run({ samples });
  console.log(process.resourceUsage().maxRSS / 1024);
}
