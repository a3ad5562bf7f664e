"""Rows as they come in practice: broken in six ways, in a file beside the good ones.  python broken_trips.py FOLDER"""

import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq


def line(points, kind=2, count=None):
    flat = [value for point in points for value in point]
    return struct.pack("<BII", 1, kind, len(points) if count is None else count) + struct.pack(f"<{len(flat)}d", *flat)


rows = {
    "no-geometry": None,
    "no-points": line([]),
    "cut-off": line([(116.3, 39.9), (116.4, 39.9)], count=3),
    "not-a-number": line([(116.3, float("nan"))]),
    "out-of-range": line([(116.3, 95.0), (116.4, 39.9)]),
    "a-point": struct.pack("<BIdd", 1, 1, 116.3, 39.9),
    "lying-about-its-size": line([(116.3, 39.9)], count=2**32 - 1),
}
table = pa.table({"id": pa.array(rows.keys(), pa.string()), "geometry": pa.array(rows.values(), pa.binary())})
pq.write_table(table, f"{sys.argv[1]}/trips/broken.parquet")
