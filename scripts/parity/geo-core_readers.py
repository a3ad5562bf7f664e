"""Reference values for geo-core's readers: positions and times of GPX by gpxpy, positions in other coordinate systems by PROJ.

pip install pyproj==3.7.2 gpxpy==1.6.2
python scripts/parity/geo-core_readers.py
"""

import json
import pathlib
import platform
import random
from datetime import timezone
from importlib.metadata import version

import gpxpy
import pyproj

OUT = pathlib.Path(__file__).parents[2] / "packages/geo-core/test/golden/readers.json"

GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<trk><name>a &amp; b</name><trkseg>
<trkpt lat="46.5" lon="7.25"><ele>512.5</ele><time>2024-06-01T12:00:00Z</time></trkpt>
<trkpt lat="4.65E1" lon="7.3"><ele>513</ele><time>2024-06-01T12:00:05.250Z</time></trkpt>
<trkpt lat="46.6" lon="7.4"><time>2024-06-01T14:00:10+02:00</time></trkpt></trkseg>
<trkseg><trkpt lat="-1" lon="-2"/></trkseg></trk></gpx>"""

# UTM, Web Mercator, and Lambert's conic of Belgium by its definition without a shift of datum.
SYSTEMS = {
    "EPSG:3857": (6.0, 55.0),
    "EPSG:32633": (15.0, 52.0),
    "EPSG:32756": (153.0, -33.0),
    "+proj=lcc +lat_0=90 +lon_0=4.35 +lat_1=49.8 +lat_2=51.2 +x_0=150000 +y_0=5400000 +ellps=GRS80 +units=m +no_defs": (4.5, 50.5),
}


def gpx_points():
    segments = []
    for track in gpxpy.parse(GPX).tracks:
        for segment in track.segments:
            segments.append(
                [
                    [p.longitude, p.latitude, p.elevation, None if p.time is None else round(p.time.astimezone(timezone.utc).timestamp() * 1000)]
                    for p in segment.points
                ]
            )
    return segments


def projected():
    rng = random.Random(1)
    cases = []
    for crs, (lon, lat) in SYSTEMS.items():
        to_crs = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        points = [(lon + rng.uniform(-1, 1), lat + rng.uniform(-1, 1)) for _ in range(5)]
        cases.append({"crs": crs, "lonLat": points, "xy": [to_crs.transform(*p) for p in points]})
    return cases


OUT.write_text(
    json.dumps(
        {
            "versions": {"python": platform.python_version(), "gpxpy": version("gpxpy"), "pyproj": pyproj.__version__, "PROJ": pyproj.proj_version_str},
            "gpx": {"text": GPX, "segments": gpx_points()},
            "projected": projected(),
        },
        indent=1,
    )
    + "\n"
)
