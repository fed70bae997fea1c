// What is particular to a published data set of videos: its name, where it lies, where it comes from, its labels.

import type { FolderLabels, TestFiles } from './video-folder.ts';

export interface PublishedVideos {
  readonly name: string;
  /** Folders of it, within the folder of data sets. */
  readonly folders: readonly string[];
  /** Where to get it, in a sentence or two. */
  readonly source: string;
  /** Its labels, where they are not found as in any folder. */
  readonly labels?: (
    folder: string,
    testing: readonly TestFiles[],
    options: { readonly labels?: string },
  ) => Promise<FolderLabels>;
}
