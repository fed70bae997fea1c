export {
  type Batch,
  type BatchOptions,
  type Dataset,
  type LabelledBatch,
  type LabelledDataset,
  type Modality,
  type Samples,
} from './dataset.ts';
export { type ArraySource, arrayDataset, labelledDataset } from './array-dataset.ts';
export { type DatasetErrorCode } from './error.ts';
export { batchFor } from './batch-for.ts';
export { fingerprint } from './fingerprint.ts';
export { type NumberArray, readNpy } from './formats/read-npy.ts';
export { type Pool } from './pool.ts';
export { type OneClassOptions, oneClassSplit } from './one-class.ts';
export { type Split } from './split.ts';
export { firstOfEachClass } from './first-of-each-class.ts';
export { type KnownData, knownData, knownPools } from './known-data.ts';
export { type OpenPoolOptions, openPool } from './open-pool.ts';
export { modalityOf } from './modality-of.ts';
export { type OpenSplitOptions, openSplit } from './open-split.ts';
export { openPictures, openSamples, readSamples } from './read-samples.ts';
export { type ReadIdxOptions, readIdx } from './idx/read-idx.ts';
export { holdsIdx, idxPool } from './idx/idx-pool.ts';
export { type Texture, textureNames } from './textures/surface.ts';
export { type Defect, defectNames } from './textures/defects.ts';
export {
  type DrawnImage,
  type TexturesOptions,
  drawTexture,
  textures,
} from './textures/textures.ts';
export { writeTextures } from './textures/write-textures.ts';
export { imagePool } from './images/image-pool.ts';
export {
  type Colour,
  type Fit,
  type ImageSource,
  type ReadImagesOptions,
  fits,
  imageSize,
  readImages,
} from './images/read-images.ts';
export { type ImageLayout, imageLayouts } from './images/image-layout.ts';
export { type ImageStoreOptions } from './images/image-store.ts';
export {
  type ImageFolder,
  type ImageFolderOptions,
  openImageFolder,
} from './images/image-folder.ts';
export {
  type ImageFolderSplitOptions,
  type ImageSplit,
  imageFolderSplit,
  labelledImageFolder,
  splitImages,
} from './images/image-folder-split.ts';
export { type SuitedSize, suitedSize } from './images/suited-size.ts';
export {
  type ImageSet,
  type ImageTestSet,
  type Tiled,
  imageOf,
  scoredLength,
  scoresOfImages,
  tiledOf,
  tilesOf,
} from './images/image-set.ts';
export { type MaskOf } from './images/mask-of.ts';
export { type Tiling, scoreOfTiles, tileScores } from './images/tiles.ts';
export { type Progress } from './download/download.ts';
export { type FetchTableOptions, isAddress } from './download/fetch-table.ts';
export {
  type FileCheck,
  type Published,
  type PublishedFile,
  type PublishedOptions,
  checkPublished,
  findPublished,
} from './download/published.ts';
export { mnistFiles, mnistMirrors, mnistPublished } from './mnist/files.ts';
export { type MnistOptions, checkMnist, findMnist, mnist } from './mnist/mnist.ts';
export { type Drawings, type StrokesOptions, drawStrokes, strokesSize } from './strokes/draw.ts';
export { strokes } from './strokes/strokes-pool.ts';
export { type Cifar10Options, cifar10 } from './cifar10/cifar10.ts';
export { type Cifar10Edition, type FoundEdition, findEdition } from './cifar10/editions.ts';
export { cifar10Classes, cifar10Published } from './cifar10/published.ts';
export { type CifarBatch, readCifarBatch } from './cifar10/read-batch.ts';
export { type Ends } from './video/clips.ts';
export { type FfmpegOptions } from './ffmpeg/run-ffmpeg.ts';
export {
  type ClipStream,
  type StreamClip,
  type StreamFrame,
  clipStream,
} from './video/clip-stream.ts';
export {
  type LiveEvent,
  type LiveFrame,
  type LiveOptions,
  liveFrames,
} from './video/live-frames.ts';
export { suitedVideoSize } from './video/suited-video-size.ts';
export { type OpenClipsOptions, openClips } from './video/open-clips.ts';
export { type ClipsAroundOptions, clipsAround } from './video/frames-in-memory.ts';
export {
  type DecodingProgress,
  type OpenVideoOptions,
  knownVideos,
  openVideoSplit,
  openVideoTest,
} from './video/open-video-split.ts';
export {
  type FrameRange,
  type TestVideo,
  type Video,
  type VideoSplit,
  type VideoTestSet,
  frameOf,
} from './video/video.ts';
export { type VideoSource, type VideoSplitOptions, videoSplit } from './video/video-split.ts';
export { type MovingShapesOptions, movingShapes } from './moving-shapes/moving-shapes.ts';
export {
  type CategoricalColumn,
  type Column,
  type ContinuousColumn,
  type Table,
  type TablePool,
  createTable,
} from './tables/table.ts';
export { type ColumnSpec, type TableBuilder, tableBuilder } from './tables/table-builder.ts';
export {
  type EncodeRows,
  type FitTableOptions,
  type Scaling,
  type TableEncoder,
  fitTableEncoder,
  scalings,
  tableRows,
} from './tables/table-encoder.ts';
export {
  type ColumnEncoding,
  type DatePart,
  type RowColumn,
  type RowSchema,
  featuresOf,
  rowFeatures,
} from '@memae/graph';
export { type TableSource, labelledTableDataset, tableDataset } from './tables/table-dataset.ts';
export {
  type TableProtocol,
  type TableSplit,
  type TableSplitOptions,
  tableProtocols,
  tableSplit,
} from './tables/table-split.ts';
export {
  type TableFormat,
  isPattern,
  tableFormatOf,
  tableFormats,
} from './table-files/table-path.ts';
export { type OpenTableOptions, type TableFile, openTableFile } from './table-files/table-file.ts';
export { type RawColumn, type RawKind } from './table-files/relation.ts';
export {
  type TableFileOptions,
  type TableFileSplit,
  type TableFileSplitOptions,
  tableFileSplit,
} from './table-files/table-file-split.ts';
export {
  type TableRowsOptions,
  labelledTableFileRows,
  tableFileRows,
} from './table-files/table-file-rows.ts';
export { readTable } from './table-files/read-table.ts';
export { type LabelOptions } from './table-files/labels.ts';
export { type SeriesOptions } from './series/series-options.ts';
export { type Step, type WindowBatch } from './series/windows.ts';
export { seriesRows } from './series/series-rows.ts';
export {
  type KddOptions,
  type KddSplitOptions,
  kddPublished,
  kddSplit,
  kddcup99,
} from './kddcup99/kddcup99.ts';
export { type ReadKddOptions, readKdd } from './kddcup99/read-kdd.ts';
export { type FlowsOptions, drawFlows, flowClasses, flows } from './flows/flows.ts';
