"""Reference values for HDBSCAN: writes packages/numeric/test/golden/hdbscan.json.

scikit-learn's labels and probabilities. Its minimum spanning tree takes any of several edges of equal mutual
reachability, so that a few objects' labels depend on the order of the rows: every set is clustered in 20 orders, and
`stable` tells the objects on whose cluster and probability all orders agree. A run where it disagrees with itself about
more than a tenth of the objects is left out.

    python -m venv venv && venv/bin/pip install scikit-learn
    venv/bin/python scripts/parity/numeric_hdbscan.py
"""

import json
import pathlib
import platform

import numpy as np
import sklearn
from sklearn.cluster import HDBSCAN
from sklearn.datasets import make_moons

OUT = pathlib.Path(__file__).parents[2] / "packages/numeric/test/golden/hdbscan.json"
ORDERS = 20


def point_sets(rng):
    yield "densities", np.concatenate(
        [
            rng.normal((0, 0), 0.3, (40, 2)),
            rng.normal((4, 0), 1.0, (40, 2)),
            rng.normal((0, 6), 0.6, (30, 2)),
            rng.uniform(-8, 12, (20, 2)),
        ]
    )
    yield "moons", np.concatenate([make_moons(100, noise=0.06, random_state=2)[0], rng.uniform(-2, 3, (10, 2))])
    yield "nested", np.concatenate(
        [rng.normal(c, 0.25, (20, 3)) for c in ((0, 0, 0), (1.5, 0, 0), (9, 9, 0), (9, 10.5, 0), (9, 9, 8))]
    )
    yield "no structure", rng.random((60, 2))


SETTINGS = [
    {"minClusterSize": 5, "minSamples": 5, "selection": "excessOfMass", "allowSingleCluster": False},
    {"minClusterSize": 10, "minSamples": 3, "selection": "excessOfMass", "allowSingleCluster": False},
    {"minClusterSize": 8, "minSamples": 1, "selection": "leaf", "allowSingleCluster": False},
    {"minClusterSize": 5, "minSamples": 4, "selection": "leaf", "allowSingleCluster": False},
    {"minClusterSize": 12, "minSamples": 5, "selection": "excessOfMass", "allowSingleCluster": True},
]


def canonical(labels):
    numbers = {-1: -1}
    return np.array([numbers.setdefault(label, len(numbers) - 1) for label in labels])


def cluster(points, setting):
    model = HDBSCAN(
        min_cluster_size=setting["minClusterSize"],
        min_samples=setting["minSamples"],
        cluster_selection_method={"excessOfMass": "eom", "leaf": "leaf"}[setting["selection"]],
        allow_single_cluster=setting["allowSingleCluster"],
        algorithm="brute",
        copy=True,
    ).fit(points)
    return model.labels_, model.probabilities_


def main():
    rng = np.random.default_rng(2013)
    sets = []
    for name, points in point_sets(rng):
        points = points.round(4)
        runs = []
        for setting in SETTINGS:
            labels, probabilities = cluster(points, setting)
            labels = canonical(labels)
            stable = np.ones(len(points), dtype=bool)
            for _ in range(ORDERS):
                order = rng.permutation(len(points))
                moved, moved_probabilities = np.empty_like(labels), np.empty_like(probabilities)
                moved[order], moved_probabilities[order] = cluster(points[order], setting)
                # Clusters are matched by what most of their objects are called here.
                for c in np.unique(moved):
                    members = moved == c
                    values, counts = np.unique(labels[members], return_counts=True)
                    stable &= ~members | (labels == values[counts.argmax()])
                stable &= np.isclose(moved_probabilities, probabilities, rtol=1e-9)
            print(name, setting, labels.max() + 1, "clusters", (labels < 0).sum(), "outliers", (~stable).sum(), "unstable")
            if (~stable).mean() > 0.1:
                continue
            runs.append(
                {
                    **setting,
                    "labels": labels.tolist(),
                    "probabilities": probabilities.tolist(),
                    "stable": stable.astype(int).tolist(),
                }
            )
        sets.append({"name": name, "rows": len(points), "columns": points.shape[1], "data": points.ravel().tolist(), "runs": runs})
    golden = {
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "script": "scripts/parity/numeric_hdbscan.py",
        "orders": ORDERS,
        "sets": sets,
    }
    OUT.write_text(json.dumps(golden) + "\n")


main()
