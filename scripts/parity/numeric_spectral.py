"""Reference values for spectral clustering: writes packages/numeric/test/golden/spectral.json.

Locally scaled affinities by their definition, scikit-learn's spectral embedding of them, and its clusters.

    python -m venv venv && venv/bin/pip install scikit-learn
    venv/bin/python scripts/parity/numeric_spectral.py
"""

import json
import pathlib
import platform

import numpy as np
import scipy
import sklearn
from scipy.sparse.csgraph import laplacian
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import SpectralClustering
from sklearn.datasets import make_moons
from sklearn.manifold import spectral_embedding

OUT = pathlib.Path(__file__).parents[2] / "packages/numeric/test/golden/spectral.json"


def point_sets(rng):
    yield "dense and sparse blobs", np.concatenate(
        [rng.normal((0, 0), 0.2, (20, 2)), rng.normal((3, 0), 1.0, (25, 2)), rng.normal((0, 6), 2.0, (20, 2))]
    ), 3, 7
    yield "moons", make_moons(80, noise=0.05, random_state=4)[0], 2, 7
    angles = rng.random(90) * 2 * np.pi
    radii = np.repeat([1.0, 3.0, 5.0], 30) + rng.normal(0, 0.05, 90)
    yield "rings", np.column_stack([radii * np.cos(angles), radii * np.sin(angles)]), 3, 5


def main():
    rng = np.random.default_rng(2004)
    sets = []
    for name, points, k, neighbor in point_sets(rng):
        points = points.round(4)
        distances = squareform(pdist(points))
        scales = np.sort(distances, axis=1)[:, neighbor]
        affinities = np.exp(-(distances**2) / np.outer(scales, scales))
        embedding = spectral_embedding(
            affinities, n_components=k, drop_first=False, eigen_tol=1e-14, random_state=0
        )
        values = np.linalg.eigvalsh(np.eye(len(points)) - laplacian(affinities, normed=True))[::-1][:k]
        labels = SpectralClustering(k, affinity="precomputed", random_state=0).fit_predict(affinities)
        upper = np.triu_indices(len(points), 1)
        sets.append(
            {
                "name": name,
                "k": k,
                "neighbor": neighbor,
                "n": len(points),
                "data": points.ravel().tolist(),
                "affinities": affinities[upper].tolist(),
                "embedding": embedding.ravel().tolist(),
                "eigenvalues": values.tolist(),
                "labels": labels.tolist(),
            }
        )
    golden = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "script": "scripts/parity/numeric_spectral.py",
        "sets": sets,
    }
    OUT.write_text(json.dumps(golden) + "\n")


main()
