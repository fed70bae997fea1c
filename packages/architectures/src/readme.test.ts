// Each method's README is held to the plug-in: its name, its citation and its table of options.

import { readFileSync } from 'node:fs';
import { type AnyDetectorPlugin, describeOption } from '@memae/training';
import { describe, expect, it } from 'vitest';
import { architectures } from './index.ts';
import { networkNames } from './networks.ts';
import { suited } from './suited.ts';

/** The table that the README must hold: name, what it takes, default, each preset's value, what it does. */
function expectedTable(plugin: AnyDetectorPlugin): string[][] {
  const names = Object.keys(plugin.presets);
  const settings = names.map((preset) => plugin.resolve({ preset }));
  return [
    ['option', 'takes', 'default', ...names.map((name) => `\`${name}\``), 'what it does'],
    ...Object.entries(plugin.options).map(([name, option]) => [
      `\`${name}\``,
      describeOption(option),
      String(option.default),
      ...settings.map((values) => String(values[name])),
      option.about,
    ]),
  ];
}

/** The cells of the first table below a heading. */
function tableBelow(heading: string, markdown: string): string[][] {
  const lines = markdown.split(`\n${heading}\n`)[1]?.trimStart().split('\n') ?? [];
  const end = lines.findIndex(
    (line, i) => i > 0 && line.startsWith('|') && !lines[i + 1]?.startsWith('|'),
  );
  const start = lines.findIndex((line) => line.startsWith('|'));
  return lines
    .slice(start, end + 1)
    .filter((line) => !/^\|[ |:-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe.each(architectures)('the README of $id', (plugin) => {
  const readme = readFileSync(new URL(`${plugin.id}/README.md`, import.meta.url), 'utf8');

  it('is headed by the method’s id, and cites its source', () => {
    expect(readme.startsWith(`# ${plugin.id}\n`)).toBe(true);
    expect(readme).toContain(plugin.citation);
  });

  it('holds the options as the plug-in has them', () => {
    expect(tableBelow('## Options', readme)).toEqual(expectedTable(plugin));
  });
});

it('the package’s README has what auto stands for', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [head, ...rows] = tableBelow('## What the data decide', readme);
  expect(head).toEqual(['option', ...networkNames]);
  const expected = Object.entries(suited).map(([name, row]) => [
    `\`${name}\``,
    ...networkNames.map((network) => String(row[network])),
  ]);
  expect(rows.slice(0, expected.length)).toEqual(expected);
});
