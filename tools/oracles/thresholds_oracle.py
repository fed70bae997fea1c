"""Answers cases of packages/metrics/src/scipy.test.ts with scipy and numpy.

Reads a JSON list of cases on stdin, {scores, excesses, asked, falseAlarms, shape, scale}, where shape and scale are
the generalised Pareto distribution that was fitted to the excesses, and prints a JSON list of their figures.
"""

import json
import sys

import numpy as np
from scipy.stats import genpareto


def answer(case):
    scores = np.array(case["scores"], dtype=np.float64)
    excesses = np.array(case["excesses"])
    # scipy's optimiser stops at a local best: it is started at its own guess and at our answer.
    unit = excesses.mean()
    fits = [
        genpareto.fit(excesses / unit, start, floc=0, scale=scale)
        for start, scale in [(0.1, 1.0), (case["shape"], case["scale"] / unit)]
    ]
    theirs = max(fits, key=lambda fit: likelihood(excesses / unit, fit[0], fit[2]))
    shape, scale = theirs[0], theirs[2] * unit
    return {
        "ours": likelihood(excesses, case["shape"], case["scale"]),
        "theirs": likelihood(excesses, shape, scale),
        "theirShape": shape,
        "theirScale": scale,
        "quantile": np.quantile(scores, 1 - case["falseAlarms"], method="weibull"),
        "pValues": [(1 + int((scores >= s).sum())) / (len(scores) + 1) for s in case["asked"]],
    }


def likelihood(excesses, shape, scale):
    return genpareto.logpdf(excesses, shape, scale=scale).sum()


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
