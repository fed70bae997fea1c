// The findings as Markdown, for READMEs and terminals.

import type { Findings } from '../reproduce/findings.ts';
import { type Fact, notesOf, partFacts, runFacts } from './findings-facts.ts';
import { type WordTable, caseTable, memoryTable, resultTable } from './findings-tables.ts';

/** What `report.md` says; the same findings give the same text. */
export function findingsMarkdown(findings: Findings): string {
  const { experiment, parts, commands } = findings;
  const blocks = [
    `# ${experiment.title}`,
    experiment.about,
    ...parts.flatMap((part) => {
      const tables = [resultTable(part), memoryTable(part), caseTable(part)];
      return [
        `## ${literal(part.title)}`,
        ...tables.flatMap((each) => (each ? [table(each)] : [])),
        facts(partFacts(part)),
      ];
    }),
    '## How it was run',
    ...notesOf(findings),
    facts(runFacts(findings)),
    commands.map((command) => `    ${command}`).join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function table({ caption, head, rows }: WordTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(literal).join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  const lines = [head, rule, ...rows.map(({ name, cells }) => [name, ...cells])].map(line);
  return `${literal(caption)}\n\n${lines.join('\n')}`;
}

function facts(all: readonly Fact[]): string {
  return all.map(([name, value]) => `- **${name}**: ${literal(value)}`).join('\n');
}

/** Text that Markdown shows as it is: names of classes and folders may hold anything. */
function literal(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*[<&|]/g, String.raw`\$&`);
}
