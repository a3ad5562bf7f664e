"""Times kmedoids' compiled FasterPAM on the points of packages/e2dtc/bench/clustering.bench.ts: median of 5 starts.

    venv/bin/pip install kmedoids scipy && venv/bin/python scripts/parity/e2dtc_kmedoids_speed.py
"""

import statistics
import time

import kmedoids
import numpy as np
from scipy.spatial.distance import pdist, squareform


def places(rows, k):
    state = 123456789

    def following():
        nonlocal state
        state = (state ^ (state << 13)) & 0xFFFFFFFF
        state ^= state >> 17
        state = (state ^ (state << 5)) & 0xFFFFFFFF
        return state / 2**32

    centers = [following() for _ in range(2 * k)]
    values = [
        centers[2 * ((i // 2) % k) + i % 2] + 0.15 * (following() + following() + following() - 1.5)
        for i in range(2 * rows)
    ]
    return np.array(values).reshape(rows, 2)


for n, k in ((2000, 12), (6000, 12), (10_000, 15)):
    distances = squareform(pdist(places(n, k))).astype(np.float32)
    seconds = []
    losses = []
    for seed in range(5):
        started = time.process_time()
        result = kmedoids.fasterpam(distances, k, init="random", random_state=seed, n_cpu=1)
        seconds.append(time.process_time() - started)
        losses.append(result.loss)
    print(
        f"n={n} k={k}: median {1000 * statistics.median(seconds):.0f} ms, "
        f"{1000 * min(seconds):.0f} to {1000 * max(seconds):.0f}; least loss {min(losses):.6f}"
    )
