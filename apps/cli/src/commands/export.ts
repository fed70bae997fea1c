// `memae export`: the model of a finished run as one ONNX file, for any program that reads ONNX.

import { resolve } from 'node:path';
import { type TensorSpec, readArtifact } from '@memae/onnx';
import { defineCommand, requireOut } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { requireSpare } from '../require-spare.ts';
import { writeOutput } from '../write-output.ts';

export function exportCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'export',
    {
      summary: 'Write the model of a finished run as one ONNX file',
      examples: [
        'memae export runs/five --out model.onnx',
        'memae export runs/five --out model.onnx --json',
      ],
    },
    context,
  )
    .argument('<run>', 'the folder that memae train wrote')
    .option('--out <file>', 'the ONNX file')
    .action(async (run, { out }) => {
      finish(await exportModel(run, requireOut(out), context));
    });
}

async function exportModel(run: string, out: string, { cwd }: CliContext): Promise<Output> {
  const { manifest, model } = await readArtifact(resolve(cwd, run));
  await writeOutput(await requireSpare(out, { run, cwd }), model);
  const { input, outputs } = manifest;
  const listed = Object.entries(outputs).map(([name, spec]) => `    ${name}: ${describe(spec)}\n`);
  return {
    document: { out, bytes: model.length, sha256: manifest.modelSha256, input, outputs },
    text:
      `${out}: ${model.length} bytes, SHA-256 ${manifest.modelSha256}\n` +
      `  takes\n    ${input.name}: ${describe(input)}\n  gives\n${listed.join('')}`,
  };
}

function describe({ dtype, dims }: TensorSpec): string {
  return `${dtype} ${dims.join('×')}`;
}
