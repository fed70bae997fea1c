// How a text file of columns is written. DuckDB could guess, but in guessing it skips lines it cannot read; with the
// dialect given, a broken line is an error with its number.

import { gunzipFile } from '../gunzip.ts';

export interface CsvDialect {
  readonly delimiter: string;
  /** Whether the first line names the columns; a line of numbers alone does not. */
  readonly header: boolean;
  /** Of the first line, without quotes. */
  readonly cells: readonly string[];
  /** What begins the fraction of a number: a comma in files whose delimiter is a semicolon, where they write so. */
  readonly decimal: '.' | ',';
}

const delimiters = [',', ';', '\t', '|'];
/** A header longer than this is cut. */
const maxHeader = 2 ** 20;

/** The dialect as the first line has it: the delimiter that comes most often outside of quotes. */
export async function csvDialect(
  file: string,
  { delimiter }: { readonly delimiter?: string } = {},
): Promise<CsvDialect> {
  const text = await beginning(file);
  const line = firstLineOf(text) ?? text;
  const count = (each: string): number => cellsOf(line, each).length;
  const best = delimiter ?? delimiters.reduce((a, b) => (count(b) > count(a) ? b : a));
  const cells = cellsOf(line, best);
  const numeric =
    !line.includes('"') &&
    cells.every((cell) => cell.trim() !== '' && Number.isFinite(Number(cell)));
  const commas =
    best === ';' &&
    /(^|;)[+-]?\d+,\d+(;|\r?$)/m.test(text) &&
    !/(^|;)[+-]?\d+\.\d+(;|\r?$)/m.test(text);
  return { delimiter: best, header: !numeric, cells, decimal: commas ? ',' : '.' };
}

/** A delimiter within quotes is none. */
function cellsOf(line: string, delimiter: string): string[] {
  const apart = line
    .split('"')
    .map((part, i) => (i % 2 === 0 ? part.replaceAll(delimiter, '\0') : part));
  return apart.join('').split('\0');
}

/** The first line, at least, and as much more as came with it. */
async function beginning(file: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of gunzipFile(file)) {
    text += decoder.decode(chunk, { stream: true });
    if (firstLineOf(text) !== undefined || text.length > maxHeader) break;
  }
  return text.slice(0, maxHeader);
}

/** A line may end within quotes, which does not count; a quote that is doubled ends one part and begins the next. */
function firstLineOf(text: string): string | undefined {
  return /^(?:"[^"]*"|[^"\r\n])*(?=[\r\n])/.exec(text)?.[0];
}
