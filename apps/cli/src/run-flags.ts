// What `memae init` and `memae train` are told alike of a run: its data, cut how, and by which method.

import { defineCommand } from './command.ts';
import {
  type ShortDataOptions,
  columnsOption,
  groupOption,
  labelOption,
  strictOption,
  strideOption,
  timeOption,
  whereOption,
  windowOption,
} from './data-options.ts';
import { dataOption, imageSize } from './parse.ts';

export interface RunFlags extends ShortDataOptions {
  readonly normal?: string | undefined;
  readonly size?: readonly [number, number] | undefined;
  readonly method?: string | undefined;
  readonly preset?: string | undefined;
}

/** A command with the flags of `RunFlags`. */
export function defineRunCommand(...[name, text, context]: Parameters<typeof defineCommand>) {
  return defineCommand(name, text, context)
    .option(
      '--normal <class>',
      'of images, the class that is normal; of a file, the value of its label in normal rows',
    )
    .option('--size <height>x<width>', 'resize pictures and frames', imageSize)
    .option(
      '--data-option <name=value>',
      'how the data are read and cut, as memae train --help tells; may be repeated',
      dataOption,
    )
    .addOption(strictOption())
    .addOption(labelOption())
    .addOption(columnsOption())
    .addOption(whereOption())
    .addOption(windowOption())
    .addOption(strideOption())
    .addOption(timeOption())
    .addOption(groupOption())
    .option('--method <id>', 'see memae list (default: memae)')
    .option('--preset <name>', 'named settings to start from, as paper');
}
