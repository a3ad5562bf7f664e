"""Reference values for packages/numeric: writes packages/numeric/test/golden/clustering.json.

Point sets with the least inertia of scikit-learn's k-means and the least loss of kmedoids' FasterPAM, over many starts.

    python -m venv venv && venv/bin/pip install scikit-learn kmedoids
    venv/bin/python scripts/parity/numeric_clustering.py
"""

import json
import pathlib
import platform

import importlib.metadata

import kmedoids
import numpy as np
import sklearn
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import KMeans

OUT = pathlib.Path(__file__).parents[2] / "packages/numeric/test/golden/clustering.json"
STARTS = 100


def point_sets(rng):
    yield "separated", np.concatenate([rng.normal(c, 0.6, (30, 2)) for c in ((0, 0), (6, 1), (2, 7), (9, 9))]), 4
    yield "overlapping", np.concatenate([rng.normal(c, 1.5, (25, 3)) for c in ((0, 0, 0), (2, 1, 0), (1, 3, 2))]), 5
    yield "uniform", rng.random((120, 2)), 7
    yield "elongated", rng.normal(0, 1, (100, 2)) * (20, 0.5), 6
    yield "high-dimensional", rng.normal(0, 1, (60, 20)), 3
    yield "repeated points", rng.integers(0, 4, (90, 2)).astype(float), 6


def main():
    rng = np.random.default_rng(20211)
    sets = []
    for name, points, k in point_sets(rng):
        points = points.round(3)
        inertia = min(
            KMeans(k, n_init=1, random_state=s, tol=0, max_iter=1000).fit(points).inertia_ for s in range(STARTS)
        )
        distances = squareform(pdist(points))
        loss = min(kmedoids.fasterpam(distances, k, init="random", random_state=s).loss for s in range(STARTS))
        sets.append(
            {
                "name": name,
                "k": k,
                "rows": len(points),
                "columns": points.shape[1],
                "data": points.ravel().tolist(),
                "inertia": inertia,
                "loss": loss,
            }
        )
    golden = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "kmedoids": importlib.metadata.version("kmedoids"),
        },
        "script": "scripts/parity/numeric_clustering.py",
        "starts": STARTS,
        "sets": sets,
    }
    OUT.write_text(json.dumps(golden) + "\n")


main()
