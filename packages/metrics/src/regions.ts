// The connected regions of a mask: pixels that touch at an edge or a corner belong together, as in MVTec's
// evaluation code (8-connectivity).

export interface Regions {
  /** `[height · width]`: 0 outside, then 1, 2, … region by region. */
  readonly region: Int32Array;
  /** Pixels of region 1, 2, … */
  readonly sizes: readonly number[];
}

/** @param mask `[height · width]` row by row, 1 inside and 0 outside. @param width of a row. */
export function findRegions(mask: Uint8Array, width: number): Regions {
  const region = new Int32Array(mask.length);
  const sizes: number[] = [];
  const open: number[] = [];
  for (let start = mask.indexOf(1); start >= 0; start = mask.indexOf(1, start + 1)) {
    if (region[start] !== 0) continue;
    const name = sizes.length + 1;
    let size = 0;
    region[start] = name;
    open.push(start);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size += 1;
      const column = at % width;
      const [left, right] = [Math.max(column - 1, 0), Math.min(column + 1, width - 1)];
      for (let row = at - column - width; row <= at - column + width; row += width) {
        for (let next = row + left; next <= row + right; next += 1) {
          if (mask[next] !== 1 || region[next] !== 0) continue;
          region[next] = name;
          open.push(next);
        }
      }
    }
    sizes.push(size);
  }
  return { region, sizes };
}
