"""Scores rows of a table with methods of Python's, with the defaults of their libraries.

Reads one request a line, {"file", "method", "seed", "train", "test"} with indices of rows, and answers each with
{"scores"}: higher means more anomalous.
"""

import json
import sys

import numpy as np


def isolation_forest(train, test, seed):
    from sklearn.ensemble import IsolationForest

    return -IsolationForest(random_state=seed).fit(train).score_samples(test)


def pyod_auto_encoder(train, test, seed):
    import torch
    from pyod.models.auto_encoder import AutoEncoder

    torch.set_num_threads(1)
    return AutoEncoder(random_state=seed, verbose=0).fit(train).decision_function(test)


methods = {"isolation-forest": isolation_forest, "pyod-autoencoder": pyod_auto_encoder}

for line in sys.stdin:
    request = json.loads(line)
    with np.load(request["file"]) as arrays:
        rows = arrays["X"].astype(np.float64)
    scores = methods[request["method"]](
        rows[request["train"]], rows[request["test"]], request["seed"]
    )
    print(json.dumps({"scores": [float(score) for score in scores]}), flush=True)
