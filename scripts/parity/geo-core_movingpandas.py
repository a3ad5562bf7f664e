"""Values of movingpandas on a synthetic trip: packages/geo-core/test/golden/movingpandas.json.

    pip install movingpandas stonesoup
    python scripts/parity/geo-core_movingpandas.py

The trip is made here, from sines and two halts, not recorded. On the plane (EPSG:32629, metres) both libraries compute the same
things; on lon/lat movingpandas measures lengths and speeds on the WGS84 ellipsoid, at most 0.56 % off the sphere.
"""

import datetime
import importlib.metadata
import json
import math
import pathlib
import platform

import geopandas
import movingpandas
import pandas
from shapely.geometry import Point, Polygon

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages/geo-core/test/golden/movingpandas.json"
START = datetime.datetime(2024, 3, 1, 23, 40)


def trip():
    """One point each 7 to 13 s: a winding way with two halts, over midnight, and a gap of ten minutes. Rounded to millimetres."""
    points, x, y, seconds = [], 530000.0, 4555000.0, 0
    for k in range(150):
        halts = 40 <= k < 60 or 110 <= k < 125
        step = 0.0 if halts else 55 + 25 * math.sin(k / 5)
        turn = 0.9 * math.sin(k / 11) + 0.4 * math.sin(k / 3)
        x += step * math.cos(turn)
        y += step * math.sin(turn)
        # A receiver's unrest, a few metres.
        points.append([round(x + 3 * math.sin(7 * k), 3), round(y + 3 * math.cos(5 * k), 3), seconds])
        seconds += 10 + (k * k) % 7 - 3 + (600 if k == 89 else 0)
    return points


def trajectory(positions, seconds, crs):
    times = [START + datetime.timedelta(seconds=s) for s in seconds]
    frame = geopandas.GeoDataFrame(geometry=[Point(p) for p in positions], index=pandas.DatetimeIndex(times), crs=crs)
    return movingpandas.Trajectory(frame, "trip")


def milliseconds(timestamp):
    return round(timestamp.timestamp() * 1000)


def parts(collection):
    trajectories = getattr(collection, "trajectories", collection)
    return [[milliseconds(t) for t in part.df.index.tz_localize("UTC")] for part in trajectories]


def positions_of(part):
    return [[p.x, p.y] for p in part.df.geometry]


def motion(walk):
    walk.add_speed()
    walk.add_direction()
    return {
        "length": walk.get_length(),
        "durationMs": walk.get_duration().total_seconds() * 1000,
        "speeds": walk.df["speed"].tolist(),
        "headings": walk.df["direction"].tolist(),
    }


def main():
    points = trip()
    seconds = [point[2] for point in points]
    planar = [point[:2] for point in points]
    walk = trajectory(planar, seconds, "EPSG:32629")
    lonlat = [[p.x, p.y] for p in walk.df.geometry.to_crs("EPSG:4326")]
    lonlat = [[round(x, 9), round(y, 9)] for x, y in lonlat]

    halt = {"max_diameter": 30, "min_duration": datetime.timedelta(seconds=60)}
    stops = movingpandas.TrajectoryStopDetector(trajectory(planar, seconds, "EPSG:32629")).get_stop_time_ranges(**halt)
    ways = movingpandas.StopSplitter(trajectory(planar, seconds, "EPSG:32629")).split(**halt)
    gaps = movingpandas.ObservationGapSplitter(trajectory(planar, seconds, "EPSG:32629")).split(
        gap=datetime.timedelta(minutes=5)
    )
    days = movingpandas.TemporalSplitter(trajectory(planar, seconds, "EPSG:32629")).split(mode="day")
    area = [[531000, 4554000], [533500, 4554500], [534000, 4556500], [531500, 4556000]]
    clipped = trajectory(planar, seconds, "EPSG:32629").clip(Polygon(area))
    smoothed = movingpandas.KalmanSmootherCV(trajectory(planar, seconds, "EPSG:32629")).smooth(
        process_noise_std=0.5, measurement_noise_std=5
    )
    spiky = [[x, y + (4000 if k in (20, 70) else 0)] for k, (x, y) in enumerate(planar)]
    cleaned = movingpandas.OutlierCleaner(trajectory(spiky, seconds, "EPSG:32629")).clean(v_max=60)
    at = [3600 // 7, 333.5]
    located = [
        walk.interpolate_position_at(START + datetime.timedelta(seconds=second)) for second in at
    ]

    result = {
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in ["movingpandas", "stonesoup", "geopandas", "shapely"]},
        },
        "startMs": milliseconds(START.replace(tzinfo=datetime.timezone.utc)),
        "seconds": seconds,
        "planar": planar,
        "lonlat": lonlat,
        "motion": {
            "planar": motion(trajectory(planar, seconds, "EPSG:32629")),
            "lonlat": motion(trajectory(lonlat, seconds, "EPSG:4326")),
        },
        "stops": [[milliseconds(pandas.Timestamp(s.t_0, tz="UTC")), milliseconds(pandas.Timestamp(s.t_n, tz="UTC"))] for s in stops],
        "waysBetweenStops": parts(ways),
        "gaps": parts(gaps),
        "days": parts(days),
        "area": area,
        "clipped": [positions_of(part) for part in clipped.trajectories],
        "smoothed": positions_of(smoothed),
        "spiky": spiky,
        "cleaned": parts([cleaned])[0],
        "located": [{"second": second, "position": [p.x, p.y]} for second, p in zip(at, located)],
    }
    OUT.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
