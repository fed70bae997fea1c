"""Answers cases of packages/metrics/src/two-samples.test.ts with scipy.

Reads a JSON list of cases on stdin, {first, second, counts, shares}, and prints a JSON list of their figures.
"""

import json
import sys

import numpy as np
from scipy.stats import binomtest, chi2_contingency, fisher_exact, ks_2samp


def answer(case):
    ks = ks_2samp(case["first"], case["second"], method=case["method"])
    chi = chi2_contingency(np.array(case["counts"]), correction=False)
    (a, m), (b, n) = case["shares"]
    table = [[a, m - a], [b, n - b]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    interval = binomtest(a, m).proportion_ci(0.95, method="wilson")
    return {
        "statistic": ks.statistic,
        "pValue": ks.pvalue,
        "chiSquare": chi.statistic,
        "chiP": chi.pvalue,
        "degrees": chi.dof,
        "fisher": min(1, 2 * min(tails)),
        "interval": [interval.low, interval.high],
    }


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
