"""Reference values for packages/eval: writes packages/eval/test/golden/metrics.json.

    python -m venv venv && venv/bin/pip install scikit-learn kneed
    venv/bin/python scripts/parity/eval_metrics.py
"""

import json
import pathlib
import platform

import kneed
import numpy as np
import scipy
import sklearn
from scipy.optimize import linear_sum_assignment
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix

OUT = pathlib.Path(__file__).parents[2] / "packages/eval/test/golden/metrics.json"
METHODS = {"sqrt": "geometric", "arithmetic": "arithmetic", "min": "min", "max": "max"}


def uacc(true, predicted):
    table = contingency_matrix(true, predicted)
    return table[linear_sum_assignment(table, maximize=True)].sum() / len(true)


def clustering(name, true, predicted):
    return {
        "name": name,
        "true": [int(x) for x in true],
        "predicted": [int(x) for x in predicted],
        "uacc": uacc(true, predicted),
        "purity": contingency_matrix(true, predicted).max(axis=0).sum() / len(true),
        "randIndex": metrics.rand_score(true, predicted),
        "adjustedRandIndex": metrics.adjusted_rand_score(true, predicted),
        "mutualInformation": metrics.mutual_info_score(true, predicted),
        "nmi": {
            k: metrics.normalized_mutual_info_score(true, predicted, average_method=m) for k, m in METHODS.items()
        },
        "ami": {k: metrics.adjusted_mutual_info_score(true, predicted, average_method=m) for k, m in METHODS.items()},
        "confusion": metrics.confusion_matrix(true, predicted).ravel().tolist() if len(set(predicted)) < 50 else None,
    }


def clusterings(rng):
    n = 300
    classes = rng.integers(0, 5, n)
    noisy = np.where(rng.random(n) < 0.7, (classes * 3 + 1) % 5, rng.integers(0, 5, n))
    yield clustering("noisy, 5 classes, 5 clusters", classes, noisy)
    yield clustering("more clusters than classes", classes, classes * 10 + rng.integers(0, 3, n))
    yield clustering("fewer clusters than classes", classes, classes // 2)
    yield clustering("independent", classes, rng.integers(0, 8, n))
    yield clustering("negative and distant labels", classes * 1000 - 2000, -noisy)
    skewed = (rng.geometric(0.5, n) - 1).clip(0, 9)
    yield clustering("skewed sizes", skewed, np.where(rng.random(n) < 0.5, skewed, rng.integers(0, 10, n)))
    yield clustering("single cluster", classes, np.zeros(n, dtype=int))
    yield clustering("every item alone", classes, np.arange(n))


def silhouettes(rng):
    points = np.concatenate([rng.normal(c, 1.0, (25, 3)) for c in (0, 2, 5)]).round(3)
    labels = np.repeat([0, 1, 2], 25)
    labels[0] = 7  # an item alone in its cluster
    return {
        "points": points.ravel().tolist(),
        "columns": 3,
        "labels": labels.tolist(),
        "silhouette": metrics.silhouette_score(points, labels),
        "samples": metrics.silhouette_samples(points, labels).tolist(),
    }


def rankings(rng):
    cases = []
    for n in (5, 20, 60):
        scores = rng.permutation(n).astype(float)
        relevant = (rng.random(n) < 0.3).astype(int)
        relevant[rng.integers(n)] = 1
        grades = rng.integers(0, 5, n)
        grades[rng.integers(n)] = 3
        cases.append(
            {
                "scores": scores.tolist(),
                "relevant": relevant.tolist(),
                "grades": grades.tolist(),
                "averagePrecision": metrics.average_precision_score(relevant, scores),
                "ndcg": metrics.ndcg_score([grades], [scores]),
                "ndcg5": metrics.ndcg_score([grades], [scores], k=5),
                "ndcgExponential": metrics.ndcg_score([2.0**grades - 1], [scores]),
            }
        )
    return cases


def elbows(rng):
    ks = np.arange(2, 23)
    cases = []
    for errors in (100 / ks, np.exp(-ks / 4), 1000 / ks**2 + 3, np.where(ks < 9, 90 - 10 * ks, 12 - 0.5 * ks)):
        knee = kneed.KneeLocator(ks, errors, curve="convex", direction="decreasing", S=1.0).knee
        cases.append({"ks": ks.tolist(), "errors": errors.astype(float).tolist(), "knee": int(knee)})
    return cases


def main():
    rng = np.random.default_rng(20210)
    golden = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
            "kneed": kneed.__version__,
        },
        "script": "scripts/parity/eval_metrics.py",
        "clusterings": list(clusterings(rng)),
        "silhouette": silhouettes(rng),
        "rankings": rankings(rng),
        "elbows": elbows(rng),
    }
    OUT.write_text(json.dumps(golden) + "\n")


main()
