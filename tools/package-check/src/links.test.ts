import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { workspaceRoot } from './published-packages.ts';

const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
const documents = execFileSync('git', listed, { cwd: workspaceRoot, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(workspaceRoot, file)));

it.each(documents)('the links of %s lead somewhere', (file) => {
  const text = readFileSync(join(workspaceRoot, file), 'utf8');
  const targets = [...text.matchAll(/\]\((?<target>[^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(({ groups }) => groups?.['target'] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
  const folder = dirname(join(workspaceRoot, file));
  expect(targets.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
});
