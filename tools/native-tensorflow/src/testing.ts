// A folder for a test, what a tfjs-node is to this tool, a wheel of a few bytes, and what is there to test with.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Wheel } from './wheels.ts';

export function testFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'memae-native-tensorflow-')));
}

/** A package of this name and version with a folder `binding`. */
export function writePackage(folder: string, name = '@tensorflow/tfjs-node'): string {
  mkdirSync(join(folder, 'binding'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '4.22.0' }));
  return folder;
}

/** Writes a wheel of one text file. */
export function writeWheel(python: string, at: { folder: string; file: string }): Wheel {
  const path = join(at.folder, at.file);
  const script = [
    'import sys, zipfile',
    'name, version = sys.argv[2].split("-")[:2]',
    'info = f"{name}-{version}.dist-info/"',
    'with zipfile.ZipFile(sys.argv[1], "w") as wheel:',
    '    wheel.writestr("tensorflow/readme.txt", "not TensorFlow")',
    '    wheel.writestr(info + "METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")',
    '    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\n")',
    '    wheel.writestr(info + "RECORD", "")',
  ].join('\n');
  execFileSync(python, ['-c', script, path, at.file]);
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file: at.file, sha256, bytes: bytes.length };
}

export function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
