// ‖ours − golden‖ ≤ 1e-4 ‖golden‖ + 1e-5 · (largest gradient norm of the file), tensor by tensor.

/** One figure beside PyTorch's. */
export interface Comparison {
  readonly name: string;
  /** ‖ours − golden‖ as a share of what is allowed: above 1 it fails. */
  readonly shareOfTolerance: number;
  /** ‖ours − golden‖ / ‖golden‖. */
  readonly relativeError: number;
}

type Numbers = { readonly data: ArrayLike<number> } | number;

export function compare(
  name: string,
  {
    ours,
    golden,
    largestGradient,
  }: {
    readonly ours: Numbers | undefined;
    readonly golden: Numbers;
    readonly largestGradient: number;
  },
): Comparison {
  const expected = listOf(golden);
  const got = ours === undefined ? [] : listOf(ours);
  if (got.length !== expected.length) {
    throw new Error(`${name}: ${expected.length} numbers were expected, ${got.length} came`);
  }
  const distance = norm(expected.map((value, i) => value - (got[i] ?? NaN)));
  const size = norm(expected);
  const share = (whole: number): number => (distance === 0 ? 0 : distance / whole);
  return {
    name,
    shareOfTolerance: share(1e-4 * size + 1e-5 * largestGradient),
    relativeError: share(size),
  };
}

export function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((total, value) => total + value * value, 0));
}

function listOf(numbers: Numbers): number[] {
  return typeof numbers === 'number' ? [numbers] : Array.from(numbers.data);
}
