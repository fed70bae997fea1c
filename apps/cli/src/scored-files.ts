// Files that a finished run is to look at, opened as its model takes them, by flags that several commands share.

import type { Dataset } from '@memae/datasets';
import type { Manifest } from '@memae/onnx';
import { samplesFor } from '@memae/scoring';
import type { RawOptions } from '@memae/training';
import type { CliContext } from './context.ts';
import { type DataOptions, parseDataOptions } from './data-options.ts';
import { dataFolders, ffmpegOf } from './data-source.ts';
import { cliError } from './error.ts';
import type { Progress } from './progress.ts';

export interface FileFlags {
  readonly size?: readonly [number, number] | undefined;
  readonly strict?: true | undefined;
  readonly dataOption?: RawOptions | undefined;
}

/** @throws `CLI_USAGE` for an option of the data that the run has settled; else as `samplesFor` */
export function openFiles(
  files: readonly string[],
  {
    manifest,
    flags,
    context,
    progress,
  }: {
    readonly manifest: Manifest;
    readonly flags: FileFlags;
    readonly context: CliContext;
    readonly progress: Progress;
  },
): AsyncGenerator<Dataset> {
  const table = tableOptions(flags.dataOption);
  requireFit({ ...flags, table }, manifest);
  let decoded = 0;
  return samplesFor(files, {
    manifest,
    size: flags.size,
    strict: flags.strict,
    table,
    cwd: context.cwd,
    ...ffmpegOf(context),
    known: { ...dataFolders(context), onProgress: progress.onDownload },
    signal: context.signal,
    onWarning: progress.onWarning,
    onFrames: (count) => {
      decoded += count;
      progress.status(`decoded ${decoded} frames`);
    },
  });
}

/** @throws `CLI_USAGE` for a flag that the model's kind of samples has no use for */
function requireFit(
  { size, strict, table }: FileFlags & { readonly table: object },
  { preparation }: Pick<Manifest, 'preparation'>,
): void {
  const kind = preparation?.kind ?? 'pictures';
  const pictures = kind === 'pictures';
  const tables = kind === 'table' || kind === 'series';
  const [unfit] = [
    ...(size === undefined || pictures || kind === 'clips'
      ? []
      : ['--size is for pictures and videos']),
    ...(strict === undefined || pictures ? [] : ['--strict is for pictures']),
    ...(tables
      ? []
      : Object.keys(table).map((name) => `the data option ${name} is for files of tables`)),
  ];
  if (unfit === undefined) return;
  throw cliError('CLI_USAGE', `${unfit}, but the model takes ${kind}. Leave it out.`);
}

/** What can be said of files that are scored. */
function tableOptions(given: RawOptions = {}): Pick<DataOptions, 'format' | 'where'> {
  const { format, where, ...others } = parseDataOptions(given);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw cliError(
      'CLI_USAGE',
      `--data-option ${other} is settled by the run. For scoring there are format and where.`,
    );
  }
  return { ...(format !== undefined && { format }), ...(where !== undefined && { where }) };
}
