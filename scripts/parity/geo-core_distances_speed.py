"""Speed of compiled reference libraries on the trips of packages/geo-core/bench/distances.bench.ts, one core.

    pip install traj-dist-rs dtaidistance scipy          (Rust, C, Cython)
    pip install "cython<3" "numpy<2" traj-dist           (Cython; its 1.15 imports need absolute paths to build)
    taskset -c 0 python scripts/parity/geo-core_distances_speed.py [DATA]

Prints nanoseconds of processor time per cell (n x m of every pair): median, minimum and maximum of 5 runs. Libraries that are not
installed are passed over. On the plane the trips are projected first (metres east and north); "great circle" is the
library's own distance on lon/lat.
"""

import csv
import io
import itertools
import json
import pathlib
import statistics
import sys
import time
import zipfile

import numpy as np
from scipy.spatial.distance import directed_hausdorff

ROOT = pathlib.Path(__file__).resolve().parents[2]
EARTH_RADIUS_METERS = 6371008.8
EPSILON_METERS = 200.0
RUNS = 5
PORTO_TRIPS = 200


def load(data):
    trips = {}
    with zipfile.ZipFile(data / "porto/train.csv.zip") as files, files.open("train.csv") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")):
            points = json.loads(row["POLYLINE"])
            if row["MISSING_DATA"] == "False" and len(points) >= 10 and row["TRIP_ID"] not in trips:
                trips[row["TRIP_ID"]] = np.array(points)
            if len(trips) == PORTO_TRIPS:
                break
    ids = json.loads((ROOT / "packages/geo-core/test/golden/distances.json").read_text())["geolife"]["ids"]
    geolife = []
    with zipfile.ZipFile(data / "geolife/geolife-users-000-020.zip") as files:
        for name in files.namelist():
            path = pathlib.PurePath(name)
            if path.suffix == ".plt" and f"{path.parts[-3]}/{path.stem}" in ids:
                rows = [line.split(",") for line in files.read(name).decode().splitlines()[6:]]
                geolife.append(np.array([[float(row[1]), float(row[0])] for row in rows]))
    return {f"Porto, {len(trips)} trips": list(trips.values()), f"GeoLife, {len(geolife)} trips": geolife}


def planar(trips):
    scale = np.deg2rad(1) * EARTH_RADIUS_METERS
    cos_lat = np.cos(np.deg2rad(np.concatenate(trips)[:, 1].mean()))
    return [np.ascontiguousarray(points * [scale * cos_lat, scale]) for points in trips]


def report(dataset, name, trips, run):
    cells = sum(len(a) * len(b) for a, b in itertools.combinations(trips, 2))
    run()
    nanoseconds = []
    for _ in range(RUNS):
        started_at = time.process_time()
        run()
        nanoseconds.append((time.process_time() - started_at) / cells * 1e9)
    print(
        f"{dataset}, {name}: {statistics.median(nanoseconds):.2f} ns/cell"
        f" ({min(nanoseconds):.2f} to {max(nanoseconds):.2f})",
        flush=True,
    )


def over_pairs(measure, trips):
    def run():
        for a, b in itertools.combinations(trips, 2):
            measure(a, b)

    return run


def rust(dataset, degrees, metres):
    try:
        import traj_dist_rs as library
    except ImportError:
        return
    metric = library.Metric
    jobs = {
        "dtw, great circle": (metric.dtw("spherical"), degrees),
        "dtw, plane": (metric.dtw("euclidean"), metres),
        "edr, great circle": (metric.edr(EPSILON_METERS, "spherical"), degrees),
        "edr, plane": (metric.edr(EPSILON_METERS, "euclidean"), metres),
        "lcss, great circle": (metric.lcss(EPSILON_METERS, "spherical"), degrees),
        "lcss, plane": (metric.lcss(EPSILON_METERS, "euclidean"), metres),
        "frechet, plane": (metric.discret_frechet("euclidean"), metres),
    }
    for name, (kind, trips) in jobs.items():
        report(dataset, f"traj-dist-rs {name}", trips, lambda: library.pdist(trips, kind, parallel=False))


def dtaidistance(dataset, metres):
    try:
        from dtaidistance import dtw_ndim
    except ImportError:
        return
    for name, options in {"dtw, plane": {}, "dtw in a band of 10, plane": {"window": 11}}.items():
        run = lambda: dtw_ndim.distance_matrix(metres, use_c=True, parallel=False, inner_dist="euclidean", **options)
        report(dataset, f"dtaidistance {name}", metres, run)


def scipy(dataset, metres):
    both = lambda a, b: max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0])
    report(dataset, "scipy hausdorff, plane", metres, over_pairs(both, metres))


def cython(dataset, metres):
    try:
        from traj_dist.cydist.discret_frechet import c_discret_frechet
        from traj_dist.cydist.dtw import c_e_dtw
        from traj_dist.cydist.edr import c_e_edr
        from traj_dist.cydist.lcss import c_e_lcss
    except ImportError:
        return
    few = metres[:60]
    jobs = {
        "dtw": c_e_dtw,
        "edr": lambda a, b: c_e_edr(a, b, EPSILON_METERS),
        "lcss": lambda a, b: c_e_lcss(a, b, EPSILON_METERS),
        "frechet": c_discret_frechet,
    }
    for name, measure in jobs.items():
        report(dataset, f"traj-dist {name}, plane (first {len(few)})", few, over_pairs(measure, few))


def main():
    data = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data"
    for dataset, degrees in load(data).items():
        metres = planar(degrees)
        rust(dataset, degrees, metres)
        dtaidistance(dataset, metres)
        scipy(dataset, metres)
        cython(dataset, metres)


if __name__ == "__main__":
    main()
