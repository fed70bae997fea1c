// The two orders of axes: channels first, as programs have them, and channels last, as products want them.

/** Axis order that takes [B, C, …] to [B, …, C]. */
export function lastOrder(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/** Axis order that takes [B, …, C] to [B, C, …]. */
export function firstOrder(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}
