"""Answers cases of packages/metrics/src/scikit-learn.test.ts with scikit-learn and numpy.

Reads a JSON list of cases on stdin, {scores, labels, thresholds, quantile, fraction, bins} with
1 = anomaly and a higher score = more anomalous, and prints a JSON list of their figures.
"""

import json
import sys

import numpy as np
from sklearn import metrics


def answer(case):
    scores = np.array(case["scores"], dtype=np.float64)
    labels = np.array(case["labels"])
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    counts, edges = np.histogram(scores, bins=case["bins"])
    return {
        "rocAuc": metrics.roc_auc_score(labels, scores),
        "roc": corners(labels, scores),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "f1Max": f1.max(),
        "equalErrorRate": equal_error_rate(labels, scores),
        "atThresholds": [decided(labels, scores > t) for t in case["thresholds"]],
        "quantile": np.quantile(scores, case["quantile"]),
        # The usual rule on KDDCUP99: what lies above a percentile of all scores is an anomaly.
        "topFraction": int((scores > np.percentile(scores, 100 * (1 - case["fraction"]))).sum()),
        "mean": scores.mean(),
        "deviation": scores.std(ddof=1),
        "histogram": {"counts": counts.tolist(), "edges": edges.tolist()},
    }


def corners(labels, scores):
    """scikit-learn's full ROC curve without the points on a straight line between two others."""
    false_rate, true_rate, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    false_count = np.rint(false_rate * (labels == 0).sum())
    true_count = np.rint(true_rate * (labels == 1).sum())
    across, up = np.diff(false_count), np.diff(true_count)
    turns = across[:-1] * up[1:] != across[1:] * up[:-1]
    kept = np.concatenate([[True], turns, [True]])
    return np.stack([false_rate, true_rate], axis=1)[kept].tolist()


def equal_error_rate(labels, scores):
    """Where scikit-learn's ROC curve, with straight lines between its points, crosses 1 - x."""
    false_rate, true_rate, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    gap = false_rate - (1 - true_rate)
    return np.interp(0, gap, false_rate)


def decided(labels, flagged):
    return {
        # Row by row: true negatives, false positives, false negatives, true positives.
        "counts": metrics.confusion_matrix(labels, flagged, labels=[0, 1]).ravel().tolist(),
        "precision": metrics.precision_score(labels, flagged, zero_division=0),
        "recall": metrics.recall_score(labels, flagged, zero_division=0),
        "f1": metrics.f1_score(labels, flagged, zero_division=0),
    }


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
