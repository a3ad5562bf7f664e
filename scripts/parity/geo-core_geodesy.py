"""Reference values for geo-core's great circles and projections.

Great circles: PROJ's geodesics on a sphere of the same radius. Web Mercator: EPSG:3857. Azimuthal equidistant and
equirectangular: PROJ's aeqd and eqc on that sphere.

pip install pyproj==3.7.2
python scripts/parity/geo-core_geodesy.py
"""

import json
import pathlib
import platform
import random

import pyproj

RADIUS = 6371008.8
OUT = pathlib.Path(__file__).parents[2] / "packages/geo-core/test/golden/geodesy.json"

rng = random.Random(20240101)
sphere = pyproj.Geod(a=RADIUS, b=RADIUS)


def position(max_lat=90.0):
    return [rng.uniform(-180, 180), rng.uniform(-max_lat, max_lat)]


def near(origin, degrees):
    lon = (origin[0] + rng.uniform(-degrees, degrees) + 180) % 360 - 180
    return [lon, max(-90.0, min(90.0, origin[1] + rng.uniform(-degrees, degrees)))]


pairs = [(position(), position()) for _ in range(60)]
pairs += [(a, near(a, 0.01)) for a in (position(80) for _ in range(30))]
pairs += [(a, near([a[0] + 180 if a[0] < 0 else a[0] - 180, -a[1]], 0.01)) for a in (position(80) for _ in range(20))]
pairs += [
    ([179.99, 10.0], [-179.99, 10.0]),
    ([-179.5, -45.0], [179.5, 44.0]),
    ([0.0, 90.0], [30.0, 60.0]),
    ([0.0, 89.999], [180.0, 89.999]),
    ([20.0, -90.0], [20.0, 90.0]),
    ([0.0, 0.0], [90.0, 0.0]),
]
great_circle = []
for a, b in pairs:
    bearing, _, distance = sphere.inv(a[0], a[1], b[0], b[1])
    great_circle.append({"from": a, "to": b, "distanceMeters": distance, "bearingDegrees": bearing % 360})

destinations = []
for _ in range(60):
    a = position(89.9)
    bearing, distance = rng.uniform(-360, 360), rng.choice([1.0, 500.0, 2e4, 3e6, 1.5e7]) * rng.random()
    lon, lat, _ = sphere.fwd(a[0], a[1], bearing, distance)
    destinations.append({"from": a, "bearingDegrees": bearing, "distanceMeters": distance, "to": [lon, lat]})

to_mercator = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
mercator = [
    {"lonLat": p, "xy": list(to_mercator.transform(*p))}
    for p in [position(85) for _ in range(40)] + [[0.0, 0.0], [180.0, 85.05], [-180.0, -85.05], [116.4, 39.9]]
]


def local_rows(name, span, parameters):
    rows = []
    for _ in range(40):
        center = position(80)
        projection = pyproj.Proj(proj=name, R=RADIUS, lon_0=center[0], **parameters(center))
        p = near(center, span)
        rows.append({"center": center, "lonLat": p, "xy": list(projection(*p))})
    return rows


golden = {
    "script": "scripts/parity/geo-core_geodesy.py",
    "versions": {"python": platform.python_version(), "pyproj": pyproj.__version__, "PROJ": pyproj.proj_version_str},
    "radiusMeters": RADIUS,
    "greatCircle": great_circle,
    "destinations": destinations,
    "webMercator": mercator,
    "azimuthalEquidistant": local_rows("aeqd", 5, lambda c: {"lat_0": c[1]}),
    "equirectangular": local_rows("eqc", 1, lambda c: {"lat_ts": c[1], "lat_0": c[1]}),
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(golden, indent=1) + "\n")
