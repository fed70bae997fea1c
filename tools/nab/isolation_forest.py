"""Scores of steps by scikit-learn's IsolationForest: fitted on the windows of the first rows, as the methods of memae are;
a step's score is the mean over the windows that cover it. One JSON request a line on stdin, one answer a line on stdout."""

import json
import sys

import numpy as np
from sklearn.ensemble import IsolationForest

for line in sys.stdin:
    request = json.loads(line)
    values = np.asarray(request["values"], dtype=np.float64)
    window = request["window"]
    windows = np.lib.stride_tricks.sliding_window_view(values, window)
    forest = IsolationForest(random_state=request["seed"])
    forest.fit(windows[: request["first"] - window + 1])
    scores = -forest.score_samples(windows)
    # Each step has the windows that begin up to window - 1 steps before it.
    sums = np.convolve(scores, np.ones(window))
    counts = np.convolve(np.ones(len(scores)), np.ones(window))
    print(json.dumps((sums / counts).tolist()), flush=True)
