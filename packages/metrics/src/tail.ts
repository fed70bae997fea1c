// Peaks over threshold: the highest tenth of normal scores is modelled, and the model carried further than they reach,
//   P(S > t) = (m / n) · (1 + γ (t − u) / σ)^(−1/γ)
// where m of n scores exceed u, and the generalised Pareto distribution (γ, σ) is fitted to their excesses. So a rate
// may be asked for that n samples alone could not tell: what is promised is then only as good as the model.
// (Davison & Smith, JRSS B 52, 1990; Siffer et al., Anomaly Detection in Streams with Extreme Value Theory, KDD 2017.)

import { type Calibration, unbroken } from './calibration.ts';
import { metricError } from './errors.ts';
import { expectedRateThreshold } from './expected-rate.ts';
import { fitGeneralisedPareto } from './generalised-pareto.ts';

/** Fewer excesses do not tell a shape, and more than a quarter of all scores are no tail. */
const [fewestPeaks, widestShare] = [20, 1 / 4];

/**
 * The threshold that normal samples exceed at this rate by the model of their tail; where the rate is that of the
 * peaks or more, the quantile, which needs no model.
 * @param falseAlarms in (0, 1)
 * @throws `METRIC_TOO_FEW` for fewer than 80 samples, or fewer than 20 above a level that many share;
 *   `METRIC_CONSTANT` when all scores are equal
 */
export function tailThreshold(calibration: Calibration, falseAlarms: number): number {
  const { samples, normal } = calibration;
  const fewest = fewestPeaks / widestShare;
  if (samples < fewest) {
    throw metricError(
      'METRIC_TOO_FEW',
      `The tail of ${samples} scores cannot be modelled: at least ${fewest} calibration samples are needed. Hold ` +
        'more normal samples out, or take another rule: quantile or conformal.',
    );
  }
  if (normal[0] === normal.at(-1)) {
    throw metricError(
      'METRIC_CONSTANT',
      `All ${samples} calibration scores are ${String(normal[0])}: there is no tail to model. The model does not ` +
        'tell these samples apart; look at its training, or take the rule quantile.',
    );
  }
  // The level, too, is one of the scores that are kept without a gap.
  const peaks = Math.min(Math.max(fewestPeaks, Math.round(samples / 10)), unbroken(normal) - 1);
  const level = normal.at(-1 - peaks) ?? NaN;
  const excesses = normal.filter((score) => score > level).map((score) => score - level);
  if (excesses.length < fewestPeaks) {
    throw metricError(
      'METRIC_TOO_FEW',
      `Only ${excesses.length} of ${samples} calibration scores lie above ${level}, which many share: at least ` +
        `${fewestPeaks} are needed to model their tail. Take another rule: quantile or conformal.`,
    );
  }
  if (falseAlarms * samples >= excesses.length) {
    return expectedRateThreshold(calibration, falseAlarms);
  }
  const { shape, scale } = fitGeneralisedPareto(excesses);
  const times = Math.log(excesses.length / (falseAlarms * samples));
  // (e^(γ x) − 1) / γ, and x at γ = 0.
  const reach = shape === 0 ? times : Math.expm1(shape * times) / shape;
  return level + scale * reach;
}
