"""Reference values for @wayweave/numeric, from numpy, scipy and scikit-learn.

    pip install numpy scipy scikit-learn
    python scripts/parity/numeric_linear-algebra.py

Writes packages/numeric/test/golden/linear-algebra.json: inputs, expected outputs, and the versions that made them.
"""

import json
import pathlib
import platform

import numpy as np
import scipy
import scipy.linalg
import sklearn
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge

TARGET = pathlib.Path(__file__).parents[2] / "packages/numeric/test/golden/linear-algebra.json"
rng = np.random.default_rng(20260101)


def matrix(array):
    array = np.asarray(array, dtype=np.float64)
    return {"rows": array.shape[0], "columns": array.shape[1], "data": array.ravel().tolist()}


def two_views(n, dx, dy):
    shared = rng.normal(size=(n, 2))
    x = shared @ rng.normal(size=(2, dx)) + 0.5 * rng.normal(size=(n, dx)) + 3
    y = shared @ rng.normal(size=(2, dy)) + 0.5 * rng.normal(size=(n, dy)) - 1
    return np.round(x, 6), np.round(y, 6)


def cca_reference(x, y, ridge, components):
    """The generalised symmetric eigenproblem Cxy (Cyy + rI)^-1 Cyx u = rho^2 (Cxx + rI) u."""
    n = len(x)
    xc, yc = x - x.mean(0), y - y.mean(0)
    cxx = xc.T @ xc / (n - 1) + ridge * np.eye(x.shape[1])
    cyy = yc.T @ yc / (n - 1) + ridge * np.eye(y.shape[1])
    cxy = xc.T @ yc / (n - 1)
    values, u = scipy.linalg.eigh(cxy @ np.linalg.solve(cyy, cxy.T), cxx)
    order = np.argsort(-values)[:components]
    rho = np.sqrt(values[order])
    u = u[:, order]
    v = np.linalg.solve(cyy, cxy.T @ u) / rho
    return u.T, v.T, rho


def cca_case(n, dx, dy, ridge, components):
    x, y = two_views(n, dx, dy)
    u, v, rho = cca_reference(x, y, ridge, components)
    case = {
        "x": matrix(x),
        "y": matrix(y),
        "ridge": ridge,
        "components": components,
        "xWeights": matrix(u),
        "yWeights": matrix(v),
        "correlations": rho.tolist(),
    }
    if ridge == 0:
        model = CCA(n_components=components, scale=False, max_iter=100_000, tol=1e-12).fit(x, y)
        a, b = model.transform(x, y)
        case["sklearnCorrelations"] = [float(np.corrcoef(a[:, k], b[:, k])[0, 1]) for k in range(components)]
    return case


def pca_case(n, d, components):
    x = np.round(rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 2, 6)
    model = PCA(n_components=components, svd_solver="full").fit(x)
    return {
        "x": matrix(x),
        "components": components,
        "axes": matrix(model.components_),
        "explainedVariance": model.explained_variance_.tolist(),
        "explainedVarianceRatio": model.explained_variance_ratio_.tolist(),
        "transformed": matrix(model.transform(x)),
    }


def ridge_case(n, d, targets, ridge):
    x = np.round(rng.normal(size=(n, d)) + 1, 6)
    y = np.round(x @ rng.normal(size=(d, targets)) + rng.normal(size=(n, targets)), 6)
    model = Ridge(alpha=ridge, solver="svd").fit(x, y)
    return {
        "x": matrix(x),
        "y": matrix(y),
        "ridge": ridge,
        "weights": matrix(model.coef_),
        "intercept": model.intercept_.tolist(),
    }


def logistic_case(n, d, classes, ridge):
    x = np.round(rng.normal(size=(n, d)), 6)
    scores = x @ rng.normal(size=(d, classes)) + rng.gumbel(size=(n, classes))
    labels = scores.argmax(1)
    model = LogisticRegression(C=1 / ridge, tol=1e-10, max_iter=100_000, solver="newton-cg").fit(x, labels)
    coefficients, intercept = model.coef_, model.intercept_
    if classes == 2:
        # scikit-learn's binary model has one weight vector under the full penalty, the softmax form two, whose
        # difference counts: w1 = -w0 = w/2 under twice the penalty is the same problem with C halved.
        model = LogisticRegression(C=2 / ridge, tol=1e-10, max_iter=100_000, solver="newton-cg").fit(x, labels)
        coefficients = np.vstack([-model.coef_ / 2, model.coef_ / 2])
        intercept = np.concatenate([-model.intercept_ / 2, model.intercept_ / 2])
    return {
        "x": matrix(x),
        "labels": labels.tolist(),
        "ridge": ridge,
        "classes": classes,
        "weights": matrix(coefficients),
        "intercept": intercept.tolist(),
    }


golden = {
    "madeBy": "scripts/parity/numeric_linear-algebra.py",
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    },
    "cca": [
        cca_case(60, 5, 3, 0.0, 3),
        cca_case(60, 5, 3, 0.3, 3),
        cca_case(40, 3, 6, 0.1, 2),
        cca_case(14, 30, 4, 0.5, 3),
        cca_case(14, 4, 30, 0.5, 3),
        cca_case(14, 30, 25, 1.0, 4),
    ],
    "pca": [pca_case(30, 6, 4), pca_case(12, 25, 5)],
    "ridge": [ridge_case(30, 5, 2, 0.7), ridge_case(10, 24, 3, 2.0)],
    "logistic": [logistic_case(80, 4, 3, 1.0), logistic_case(60, 6, 4, 0.1), logistic_case(50, 3, 2, 0.5)],
}
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text(json.dumps(golden) + "\n")
print(f"wrote {TARGET} ({TARGET.stat().st_size} bytes)")
