// Gives tfjs-node a current TensorFlow; README.md says how to call it.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bindingPath } from './build.ts';
import { check } from './check.ts';
import { install, isInstalled } from './install.ts';
import { findTarget } from './prerequisites.ts';
import { tensorflowVersion, wheelsFor } from './wheels.ts';

const usage = 'pnpm native-tensorflow [--gpu] [--target FOLDER] [--check | --plan] [--json]';

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      gpu: { type: 'boolean', default: false },
      target: { type: 'string' },
      check: { type: 'boolean', default: false },
      plan: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const print = (result: Readonly<Record<string, unknown>>, text: string) => {
    console.log(values.json ? JSON.stringify(result) : text);
  };
  if (values.help) {
    console.log(usage);
    return;
  }

  // pnpm runs scripts in the root of the workspace.
  const from = process.env['INIT_CWD'] ?? process.cwd();
  const target = findTarget(values.target === undefined ? undefined : resolve(from, values.target));
  const binding = join(target.folder, bindingPath);
  const about = { target: target.folder, binding };

  if (values.check) {
    if (!existsSync(binding)) throw new Error(`Nothing is built at ${binding}. Call: ${usage}`);
    const report = check(target.folder, { binding });
    const text = `TensorFlow ${report.tensorflow} takes a training step on the ${report.device}: ${binding}`;
    print({ state: 'checked', ...about, ...report }, text);
    return;
  }
  const wheels = wheelsFor(process, values);
  if (values.plan) {
    const bytes = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
    const files = wheels.map(({ file }) => file);
    const text = [`${megabytes(bytes)} from PyPI for ${binding}:`, ...files].join('\n  ');
    print({ state: 'planned', ...about, bytes, wheels }, text);
  } else if (isInstalled(target, wheels)) {
    const text = `TensorFlow ${tensorflowVersion} is there already: ${binding}`;
    print({ state: 'present', ...about, tensorflow: tensorflowVersion }, text);
  } else {
    const say = (text: string) => {
      console.error(text);
    };
    const report = await install(target, { wheels, environment: process.env, say });
    if (values.gpu && report.device === 'cpu') {
      say('TensorFlow found no GPU that it can use here, and computed on the CPU.');
    }
    const times = Object.entries(report.seconds).map(([name, s]) => `${name} ${s.toFixed(1)} s`);
    const text = `Built TensorFlow ${report.tensorflow} into ${target.name} ${target.version} (${times.join(', ')}): ${binding}`;
    print({ state: 'built', ...about, ...report }, text);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
