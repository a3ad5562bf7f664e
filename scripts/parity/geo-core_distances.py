"""Reference values for the trajectory distances of @wayweave/geo-core.

    pip install traj-dist-rs dtaidistance similaritymeasures scipy scikit-learn
    python scripts/parity/geo-core_distances.py [DATA]

Writes packages/geo-core/test/golden/distances.json: seeded random trajectories with their values, and the values of real
trips (Porto, GeoLife; found under DATA, ../shared/data by default) by id, without the trips themselves.

Who computes what:
  dtw, edr, lcss, frechet   traj-dist-rs (Rust); on lon/lat from a matrix of scikit-learn's haversine distances
  dtw with a band           dtaidistance (C); its window w stands for a Sakoe-Chiba radius of w - 1
  frechet (plane)           also similaritymeasures, which must agree
  hausdorff                 SciPy's directed_hausdorff; on lon/lat max-min of the haversine matrix

traj-dist, traj-dist-rs and aeon all start EDR's border at 0 instead of n (Chen et al. 2005), which makes leading points
free. Put K = max(n, m) copies of one far point in front of both trajectories, and skipping a real point costs an edit
again: the result is the paper's EDR. (Starting beyond the copies costs K edits, and K is an upper bound of EDR.)
"""

import csv
import hashlib
import importlib.metadata
import io
import json
import pathlib
import platform
import sys
import zipfile

import numpy as np
import similaritymeasures
import traj_dist_rs as reference
from dtaidistance import dtw_ndim
from scipy.spatial.distance import cdist, directed_hausdorff
from sklearn.metrics.pairwise import haversine_distances

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "packages/geo-core/test/golden/distances.json"
EARTH_RADIUS_METERS = 6371008.8
BAND = 3


def random_walks(count, decimals, start, step, rng):
    walks = []
    for _ in range(count):
        points = int(rng.integers(1, 60))
        steps = rng.normal(size=(points, 2)) * step
        walks.append(np.round(rng.normal(size=2) * start[1] + start[0] + np.cumsum(steps, axis=0), decimals))
    return walks


def planar_matrix(a, b):
    return cdist(a, b)


def haversine_matrix(a, b):
    radians = [np.deg2rad(points[:, ::-1]) for points in (a, b)]
    return haversine_distances(*radians) * EARTH_RADIUS_METERS


def edit_distance(matrix, epsilon):
    n, m = matrix.shape
    copies = max(n, m)
    padded = np.full((n + copies, m + copies), 1e12)
    padded[:copies, :copies] = 0
    padded[copies:, copies:] = matrix
    normalized = reference.edr_with_matrix(padded, eps=epsilon).distance
    return round(normalized * max(padded.shape))


def values_of(trajectories, matrix_of, epsilon):
    values = {name: [] for name in ("dtw", "edr", "lcss", "hausdorff", "frechet")}
    for i, a in enumerate(trajectories):
        for b in trajectories[i + 1 :]:
            matrix = np.ascontiguousarray(matrix_of(a, b))
            values["dtw"].append(reference.dtw_with_matrix(matrix).distance)
            values["edr"].append(edit_distance(matrix, epsilon))
            values["lcss"].append(reference.lcss_with_matrix(matrix, eps=epsilon).distance)
            values["hausdorff"].append(float(max(matrix.min(axis=1).max(), matrix.min(axis=0).max())))
            values["frechet"].append(reference.discret_frechet_with_matrix(matrix).distance)
    return values


def planar_values(trajectories, epsilon):
    values = values_of(trajectories, planar_matrix, epsilon)
    values["banded dtw"] = []
    at = 0
    for i, a in enumerate(trajectories):
        for b in trajectories[i + 1 :]:
            values["banded dtw"].append(
                dtw_ndim.distance(a, b, window=BAND + 1, use_c=True, inner_dist="euclidean")
            )
            scipy_value = max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0])
            assert abs(scipy_value - values["hausdorff"][at]) < 1e-9
            if min(len(a), len(b)) > 1:
                assert abs(similaritymeasures.frechet_dist(a, b) - values["frechet"][at]) < 1e-9
            assert abs(reference.dtw(a, b, "euclidean").distance - values["dtw"][at]) < 1e-6
            at += 1
    return values


def porto_trips(archive, count):
    trips = {}
    with zipfile.ZipFile(archive) as files, files.open("train.csv") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")):
            points = json.loads(row["POLYLINE"])
            if row["MISSING_DATA"] == "False" and len(points) >= 10 and row["TRIP_ID"] not in trips:
                trips[row["TRIP_ID"]] = np.array(points)
            if len(trips) == count:
                return trips
    return trips


def geolife_trips(archive, count):
    """The first trips of user 000 with 100 to 1,200 points and strictly increasing times."""
    trips = {}
    with zipfile.ZipFile(archive) as files:
        for name in sorted(name for name in files.namelist() if "/000/Trajectory/" in name and name.endswith(".plt")):
            rows = [line.split(",") for line in files.read(name).decode().splitlines()[6:]]
            times = [row[5] + row[6] for row in rows]
            if 100 <= len(rows) <= 1200 and all(a < b for a, b in zip(times, times[1:])):
                trips["000/" + pathlib.PurePath(name).stem] = np.array([[float(r[1]), float(r[0])] for r in rows])
            if len(trips) == count:
                return trips
    return trips


def real_case(archive, trips):
    return {
        "file": archive.name,
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "epsilon": 200,
        "ids": list(trips),
        "points": [len(points) for points in trips.values()],
        "values": values_of(list(trips.values()), haversine_matrix, 200),
    }


def main():
    data = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data"
    rng = np.random.default_rng(20130701)
    planar = random_walks(12, 2, ((0, 0), 300), 120, rng)
    lonlat = random_walks(12, 6, ((116.4, 39.9), 0.004), 0.0015, rng)
    world = random_walks(5, 6, ((10, 30), 20), 2, rng)
    packages = ("traj-dist-rs", "dtaidistance", "similaritymeasures", "scipy", "scikit-learn", "numpy")
    porto = data / "porto/train.csv.zip"
    geolife = data / "geolife/geolife-users-000-020.zip"
    golden = {
        "script": "scripts/parity/geo-core_distances.py",
        "versions": {"python": platform.python_version(), **{p: importlib.metadata.version(p) for p in packages}},
        "band": BAND,
        "planar": {
            "epsilon": 150,
            "trajectories": [points.ravel().tolist() for points in planar],
            "values": planar_values(planar, 150),
        },
        "lonlat": {
            "epsilon": 150,
            "trajectories": [points.ravel().tolist() for points in lonlat],
            "values": values_of(lonlat, haversine_matrix, 150),
        },
        "continental": {
            "epsilon": 500_000,
            "trajectories": [points.ravel().tolist() for points in world],
            "values": values_of(world, haversine_matrix, 500_000),
        },
        "porto": real_case(porto, porto_trips(porto, 16)),
        "geolife": real_case(geolife, geolife_trips(geolife, 6)),
    }
    GOLDEN.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
