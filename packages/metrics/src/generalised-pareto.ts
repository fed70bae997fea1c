// The generalised Pareto distribution, which the excesses over a high level tend to, whatever the scores' own
// distribution (Pickands 1975): P(Y > y) = (1 + γ y / σ)^(−1/γ), and e^(−y/σ) at γ = 0.
//
// Fitted by maximum likelihood as Grimshaw (Technometrics 35, 1993) does: with θ = γ / σ the best shape is known,
//   γ(θ) = mean log(1 + θ yᵢ),   ℓ(θ) / n = −log(γ(θ) / θ) − γ(θ) − 1
// and what is left is one number to look for. For γ < −1 the likelihood has no maximum, and below −½ estimates are not
// regular (Smith 1985), so γ ≥ −½ is required.

export interface GeneralisedPareto {
  /** γ: above 0 a heavy tail, below 0 one that ends at −σ / γ. */
  readonly shape: number;
  /** σ, positive. */
  readonly scale: number;
}

/**
 * The distribution under which these excesses are the likeliest.
 * @param excesses positive numbers, at least one
 */
export function fitGeneralisedPareto(excesses: readonly number[]): GeneralisedPareto {
  // Of excesses measured in their highest, θ > −1. log(1 + θ) is looked through: first on a grid, then by golden section.
  const highest = excesses.reduce((a, b) => Math.max(a, b));
  const unit = excesses.map((excess) => excess / highest);
  const likelihood = (place: number): number => profile(unit, place).likelihood;
  const length = (most - least) * perUnit + 1;
  const grid = Array.from({ length }, (_, i) => least + i / perUnit);
  const values = grid.map(likelihood);
  const best = grid[values.indexOf(values.reduce((a, b) => Math.max(a, b)))] ?? 0;
  const at = maximise(likelihood, { low: best - 1 / perUnit, high: best + 1 / perUnit });
  const { shape, scale } = profile(unit, at);
  return { shape, scale: scale * highest };
}

/** The grid of log(1 + θ), in steps of an eighth; its end is where a shape of 4 puts the highest of 4096 excesses. */
const [least, most, perUnit] = [-12, 36, 8];

/** The best distribution with 1 + θ = e^place, and its log-likelihood a sample; −∞ for a shape that is not allowed. */
function profile(
  unit: readonly number[],
  place: number,
): GeneralisedPareto & { readonly likelihood: number } {
  const theta = Math.expm1(place);
  const mean = (value: (y: number) => number): number =>
    unit.reduce((sum, y) => sum + value(y), 0) / unit.length;
  // As θ goes to 0, γ / θ goes to the mean: the exponential distribution.
  const exponential = Math.abs(theta) < 1e-9;
  const shape = exponential ? 0 : mean((y) => Math.log1p(theta * y));
  const scale = exponential ? mean((y) => y) : shape / theta;
  const likelihood = shape < -0.5 ? -Infinity : -Math.log(scale) - shape - 1;
  return { shape, scale, likelihood };
}

/** Golden-section search for the highest value of a function with one maximum between these bounds. */
function maximise(
  f: (x: number) => number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  for (let step = 0; step < 60; step += 1) {
    const [left, right] = [b - ratio * (b - a), a + ratio * (b - a)];
    if (f(left) < f(right)) a = left;
    else b = right;
  }
  return (a + b) / 2;
}
