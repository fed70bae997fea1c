// How well score maps point at the anomaly: AUROC over pixels, and PRO, the per-region overlap of
// P. Bergmann et al., "The MVTec Anomaly Detection Dataset", IJCV 2021:
//   PRO(t) = mean over regions R of |{p ∈ R : s_p > t}| / |R|,   FPR(t) = |{p normal : s_p > t}| / |{p normal}|,
//   AU-PRO = (1 / limit) ∫₀^limit PRO d FPR.
// A test set has too many pixels to sort, so they are counted in bins: the first 20 bits of a score as a float32,
// which need no range to be known beforehand and part any two scores more than 1/2048 of their size apart. What
// scores in one bin could change is summed up and told.

import { finiteNumbers } from './checks.ts';
import { metricError } from './errors.ts';
import { findRegions } from './regions.ts';

/** The map of one picture or frame. */
export interface PixelMap {
  /** `[height · width]` row by row, higher = more anomalous; taken as float32. */
  readonly scores: ArrayLike<number>;
  /** `[height · width]`: 1 where anomalous, 0 elsewhere. */
  readonly mask: ArrayLike<number>;
  /** Pixels in a row. */
  readonly width: number;
}

export interface PixelMeasures {
  /** Over all pixels of all maps. */
  readonly auroc: number;
  /** The area under PRO over the false-positive rate up to the limit, divided by the limit: in [0, 1]. */
  readonly pro: number;
  /** The most by which each may differ from the figure of sorted pixels: what shares a bin, in the worst order. */
  readonly uncertainty: { readonly auroc: number; readonly pro: number };
  readonly pixels: number;
  readonly anomalousPixels: number;
  /** Connected regions over all masks; pixels that touch at a corner are connected. */
  readonly regions: number;
}

const bits = 20;

/**
 * Pixel AUROC and PRO of maps that come one after another; none is kept, and memory stays at 24 MB.
 * @param maps at least one anomalous and one normal pixel among them; a mask may be empty
 * @param options.limit the false-positive rate up to which PRO is integrated, in (0, 1]; 0.3 as by MVTec
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_LENGTH_MISMATCH`, `METRIC_BAD_LABEL` naming the map by
 *   its index; `METRIC_SINGLE_CLASS`, `METRIC_BAD_OPTION`
 */
export async function measurePixels(
  maps: Iterable<PixelMap> | AsyncIterable<PixelMap>,
  { limit = 0.3 }: { readonly limit?: number } = {},
): Promise<PixelMeasures> {
  if (!(limit > 0 && limit <= 1)) {
    throw metricError('METRIC_BAD_OPTION', `The limit must lie in (0, 1], but it is ${limit}.`);
  }
  const [normal, anomalous, overlap] = [emptyBins(), emptyBins(), emptyBins()];
  let [index, pixels, anomalousPixels, regions] = [0, 0, 0, 0];
  let [lowest, highest] = [2 ** bits, -1];
  for await (const map of maps) {
    const { bins, mask } = readMap(map, index);
    const { region, sizes } = findRegions(mask, map.width);
    bins.forEach((bin, i) => {
      const name = region[i] ?? 0;
      lowest = Math.min(lowest, bin);
      highest = Math.max(highest, bin);
      if (name === 0) normal[bin] = (normal[bin] ?? 0) + 1;
      else {
        anomalous[bin] = (anomalous[bin] ?? 0) + 1;
        overlap[bin] = (overlap[bin] ?? 0) + 1 / (sizes[name - 1] ?? 1);
      }
    });
    index += 1;
    pixels += mask.length;
    anomalousPixels += sizes.reduce((sum, size) => sum + size, 0);
    regions += sizes.length;
  }
  if (anomalousPixels === 0 || anomalousPixels === pixels) {
    throw metricError(
      'METRIC_SINGLE_CLASS',
      `Pixel measures need normal and anomalous pixels, but of ${pixels} pixels in ${index} masks ` +
        `${anomalousPixels} are anomalous.`,
    );
  }
  const used = (all: Float64Array): Float64Array => all.subarray(lowest, highest + 1);
  const auroc = area({ across: used(normal), up: used(anomalous), limit: 1 });
  const pro = area({ across: used(normal), up: used(overlap), limit });
  return {
    auroc: auroc.value,
    pro: pro.value,
    uncertainty: { auroc: auroc.uncertainty, pro: pro.uncertainty },
    pixels,
    anomalousPixels,
    regions,
  };
}

function emptyBins(): Float64Array {
  return new Float64Array(2 ** bits);
}

function readMap({ scores, mask, width }: PixelMap, index: number) {
  const where = `Map ${index}: `;
  if (scores.length !== mask.length || !(width >= 1) || scores.length % width !== 0) {
    throw metricError(
      'METRIC_LENGTH_MISMATCH',
      `${where}scores and mask must be as many whole rows, but ${scores.length} scores and ${mask.length} ` +
        `mask pixels came for rows of ${width}.`,
    );
  }
  const numbers = new Float32Array(finiteNumbers(scores, 'score', where));
  const inside = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i += 1) {
    if (mask[i] !== 0 && mask[i] !== 1) {
      throw metricError(
        'METRIC_BAD_LABEL',
        `${where}a mask's pixel must be 0 (normal) or 1 (anomalous), but pixel ${i} is ${String(mask[i])}. ` +
          'Masks of 0 and 255 are to be divided by 255 first.',
      );
    }
    inside[i] = mask[i] ?? 0;
  }
  return { bins: binsOf(numbers), mask: inside };
}

/** Float32 numbers in their order as whole numbers: sign, exponent and leading digits, negative ones reversed. */
function binsOf(numbers: Float32Array): Uint32Array {
  // One zero, not two.
  const words = new Uint32Array(numbers.map((number) => number + 0).buffer);
  return words.map((word) => (word >>> 31 === 1 ? ~word : word | 0x80000000) >>> (32 - bits));
}

/** ∫ up d across over [0, limit] of shares, from the highest bin down, in units of the limit. */
function area({
  across,
  up,
  limit,
}: {
  readonly across: Float64Array;
  readonly up: Float64Array;
  readonly limit: number;
}) {
  const width = across.reduce((sum, count) => sum + count, 0);
  const height = up.reduce((sum, share) => sum + share, 0);
  let [x, y, value, uncertainty] = [0, 0, 0, 0];
  for (let bin = across.length - 1; bin >= 0 && x < limit; bin -= 1) {
    const right = (across[bin] ?? 0) / width;
    const rise = (up[bin] ?? 0) / height;
    if (right > 0) {
      const part = Math.min((limit - x) / right, 1);
      value += part * right * (y + (part * rise) / 2);
      uncertainty += part * right * rise * Math.max(part / 2, 1 - part / 2);
    }
    x += right;
    y += rise;
  }
  return { value: value / limit, uncertainty: uncertainty / limit };
}
