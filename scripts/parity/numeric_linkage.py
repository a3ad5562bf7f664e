"""Reference values for agglomerative clustering: writes packages/numeric/test/golden/linkage.json.

SciPy's linkage matrices and flat clusters of point sets and of distances that no points have, all without ties.

    python -m venv venv && venv/bin/pip install scipy
    venv/bin/python scripts/parity/numeric_linkage.py
"""

import json
import pathlib
import platform

import numpy as np
import scipy
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

OUT = pathlib.Path(__file__).parents[2] / "packages/numeric/test/golden/linkage.json"
METHODS = ["single", "complete", "average", "weighted", "ward", "centroid", "median"]


def distance_sets(rng):
    blobs = np.concatenate([rng.normal(c, 0.8, (15, 2)) for c in ((0, 0), (5, 1), (2, 6))])
    yield "three blobs", pdist(blobs)
    yield "uniform cube", pdist(rng.random((40, 3)))
    yield "chain", pdist(np.cumsum(rng.random((30, 2)), axis=0))
    yield "no metric", rng.random(25 * 24 // 2)
    yield "two objects", np.array([2.5])


def main():
    rng = np.random.default_rng(1967)
    sets = []
    for name, distances in distance_sets(rng):
        n = round((1 + np.sqrt(1 + 8 * len(distances))) / 2)
        trees = []
        for method in METHODS:
            tree = linkage(distances, method)
            k = min(n, 4)
            cut = float(tree[:, 2].max() * 0.6)
            trees.append(
                {
                    "method": method,
                    "linkage": tree.ravel().tolist(),
                    "k": k,
                    # Where heights fall, SciPy's criterion by count counts something else.
                    "labelsAtK": fcluster(tree, k, "maxclust").tolist() if method not in ("centroid", "median") else None,
                    "distance": cut,
                    "labelsAtDistance": fcluster(tree, cut, "distance").tolist(),
                }
            )
        sets.append({"name": name, "n": n, "distances": distances.tolist(), "trees": trees})
    golden = {
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
        "script": "scripts/parity/numeric_linkage.py",
        "sets": sets,
    }
    OUT.write_text(json.dumps(golden) + "\n")


main()
