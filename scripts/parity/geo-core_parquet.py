"""Writes small Parquet files with pyarrow, as other programs would, for test/node/parquet.test.ts.

pip install pyarrow==26.0.1 shapely==2.2.0
python scripts/parity/geo-core_parquet.py

Every file holds the same two trips; `values.json` says what must come out, and which versions wrote them.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

TRIPS = [
    {"id": "a", "points": [[116.3, 39.9], [116.4, 39.8], [116.5, 39.7]], "label": "bus"},
    {"id": "b", "points": [[-8.61, 41.14], [-8.62, 41.15]], "label": None},
]
START = datetime(2020, 1, 1, tzinfo=timezone.utc)


def times(count):
    return [START + timedelta(seconds=5 * i, microseconds=250_000 * i) for i in range(count)]


def geo(crs=None, encoding="WKB"):
    column = {"encoding": encoding, "geometry_types": ["LineString"]}
    column["covering"] = {"bbox": {k: ["bbox", k] for k in ("xmin", "ymin", "xmax", "ymax")}}
    if crs is not None:
        column["crs"] = crs
    return {b"geo": json.dumps({"version": "1.1.0", "primary_column": "geom", "columns": {"geom": column}}).encode()}


def lines(to_wkb, metadata):
    shapes = [shapely.LineString(trip["points"]) for trip in TRIPS]
    bounds = [dict(zip(("xmin", "ymin", "xmax", "ymax"), shape.bounds)) for shape in shapes]
    table = pa.table(
        {
            "name": [trip["id"] for trip in TRIPS],
            "geom": pa.array([to_wkb(shape) for shape in shapes], pa.binary()),
            "bbox": pa.array(bounds),
            "at": pa.array([times(len(trip["points"])) for trip in TRIPS], pa.list_(pa.timestamp("us", "UTC"))),
            "label": [trip["label"] for trip in TRIPS],
        }
    )
    return table.replace_schema_metadata(metadata)


def points(time_type, id_type):
    rows = [(i, trip, x, y, t) for i, trip in enumerate(TRIPS) for (x, y), t in zip(trip["points"], times(len(trip["points"])))]
    seconds = [t.timestamp() for *_, t in rows]
    moments = pa.array(seconds, pa.float64()) if time_type is None else pa.array([t for *_, t in rows], time_type)
    ids = pa.array([i if id_type == pa.int64() else trip["id"] for i, trip, *_ in rows], id_type)
    if id_type == pa.string():
        ids = ids.dictionary_encode()
    return pa.table({"trip": ids, "x": [r[2] for r in rows], "y": [r[3] for r in rows], "t": moments})


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    plain = lambda shape: shapely.to_wkb(shape, byte_order=1)
    big_endian = lambda shape: shapely.to_wkb(shape, byte_order=0)
    with_srid = lambda shape: shapely.to_wkb(shapely.set_srid(shapely.force_3d(shape, 7.0), 4326), include_srid=True)
    wgs84 = {"id": {"authority": "EPSG", "code": 4326}}
    mercator = {"id": {"authority": "EPSG", "code": 3857}}
    for codec in ("none", "snappy", "gzip", "brotli", "zstd", "lz4"):
        pq.write_table(lines(plain, geo()), folder / f"lines-{codec}.parquet", compression=codec)
    pq.write_table(lines(big_endian, geo(wgs84)), folder / "lines-big-endian.parquet", data_page_version="2.0")
    pq.write_table(lines(with_srid, {}), folder / "lines-ewkb-3d.parquet", row_group_size=1)
    pq.write_table(lines(plain, geo(mercator)), folder / "lines-mercator.parquet")
    pq.write_table(points(pa.timestamp("ms"), pa.string()), folder / "points-ms.parquet", row_group_size=2)
    pq.write_table(points(pa.timestamp("ns"), pa.int64()), folder / "points-ns.parquet")
    pq.write_table(points(None, pa.string()), folder / "points-seconds.parquet", use_dictionary=False)
    values = {
        "versions": {"pyarrow": pa.__version__, "shapely": shapely.__version__, "python": sys.version.split()[0]},
        "trips": [
            {**trip, "timesMs": [t.timestamp() * 1000 for t in times(len(trip["points"]))]} for trip in TRIPS
        ],
    }
    (folder / "values.json").write_text(json.dumps(values, indent=1) + "\n")


main(Path(__file__).parents[2] / "packages/geo-core/test/golden/parquet")
