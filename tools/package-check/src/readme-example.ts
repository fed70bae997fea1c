// The example of a README: its first block of TypeScript.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The example in `folder`/README.md, or undefined where that has none. */
export function readmeExample(folder: string): string | undefined {
  const file = join(folder, 'README.md');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return /^```ts\n(?<code>.*?)^```$/ms.exec(text)?.groups?.['code'];
}
