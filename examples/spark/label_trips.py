"""Clusters of trips in Parquet, by a model that @wayweave/e2dtc has saved: no code of Wayweave runs here, only the ONNX file.

    python label_trips.py TRIPS MODEL.onnx OUT [--cores 2]

TRIPS holds Parquet with `id` and either `geometry` (WKB LineStrings: GeoParquet) or the lists `lon` and `lat`. OUT gets two folders from one pass:
`ok=true` with id, label, confidence and embedding, and `ok=false` with id and the reason why a row has none.
"""

import argparse
import json
import time

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession

ROWS_A_BATCH, POINTS_A_BATCH = 512, 65_536
LINE_STRING = {2: 2, 1002: 3, 2002: 3, 3002: 4}  # ISO WKB type: numbers a point
SCHEMA = "id string, label int, confidence float, embedding array<float>, reason string, ok boolean"


def points_of_wkb(wkb):
    """The longitudes and latitudes of a WKB LineString: [points, 2]."""
    if wkb is None:
        raise ValueError("geometry must not be null")
    if len(wkb) < 9:
        raise ValueError(f"geometry must be a WKB LineString, got {len(wkb)} bytes")
    order = "<" if wkb[0] == 1 else ">"
    kind, count = (int(value) for value in np.frombuffer(wkb, order + "u4", 2, 1))
    width = LINE_STRING.get(kind)
    if width is None:
        raise ValueError(f"geometry must be a WKB LineString (type 2), got type {kind}")
    if len(wkb) != 9 + 8 * width * count:
        raise ValueError(f"geometry of {count} points must have {9 + 8 * width * count} bytes, got {len(wkb)}")
    return np.frombuffer(wkb, order + "f8", width * count, 9).reshape(count, width)[:, :2]


def points_of_lists(lon, lat):
    if lon is None or lat is None:
        raise ValueError("lon and lat must not be null")
    if len(lon) != len(lat):
        raise ValueError(f"lon and lat must have the same length, got {len(lon)} and {len(lat)}")
    return np.column_stack([np.asarray(lon, np.float64), np.asarray(lat, np.float64)])


def check(points):
    if len(points) == 0:
        raise ValueError("trip must hold at least one point, got 0")
    bad = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))  # NaN too
    if bad.any():
        at = int(bad.argmax())
        raise ValueError(f"point {at} must be within ±180 and ±90 degrees, got {points[at].tolist()}")
    return points


def batches(lengths):
    """Rows by length, so that little is filled up: at most 512 rows and 65,536 points a batch."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and end - start < ROWS_A_BATCH and lengths[order[end]] * (end + 1 - start) <= POINTS_A_BATCH:
            end += 1
        yield order[start:end]
        start = end


def labeller(model):
    """A function for mapInPandas. A Python worker makes one session, of one thread: Spark's tasks are what uses the cores."""

    def label(frames):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.value, options, providers=["CPUExecutionProvider"])
        for frame in frames:
            yield label_frame(session, frame)

    return label


def label_frame(session, frame):
    kept, points, reasons = [], [], []
    has_geometry = "geometry" in frame
    columns = [frame["geometry"]] if has_geometry else [frame["lon"], frame["lat"]]
    for row, values in enumerate(zip(*columns)):
        try:
            points.append(check(points_of_wkb(*values) if has_geometry else points_of_lists(*values)))
            kept.append(row)
        except ValueError as error:
            reasons.append((row, str(error)))
    n = len(kept)
    labels, confidence, embeddings = np.zeros(n, np.int32), np.zeros(n, np.float32), [None] * n
    lengths = np.array([len(each) for each in points], np.int32)
    for rows in batches(lengths):
        coordinates = np.zeros((len(rows), lengths[rows].max(), 2))
        for i, row in enumerate(rows):
            coordinates[i, : lengths[row]] = points[row]
        asked = ["label", "softAssignment", "embedding"]
        got, soft, embedding = session.run(asked, {"coordinates": coordinates, "lengths": lengths[rows]})
        labels[rows] = got
        confidence[rows] = soft[np.arange(len(rows)), got]
        for i, row in enumerate(rows):
            embeddings[row] = embedding[i]
    ids = frame["id"].to_numpy()
    good = pd.DataFrame({"id": ids[kept], "label": labels, "confidence": confidence, "embedding": embeddings, "reason": None, "ok": True})
    if not reasons:
        return good
    bad = pd.DataFrame({"id": ids[[row for row, _ in reasons]], "label": None, "confidence": None, "embedding": None,
                        "reason": [reason for _, reason in reasons], "ok": False})
    return bad if n == 0 else pd.concat([good.astype(object), bad.astype(object)])


def start_spark(cores):
    return (
        SparkSession.builder.master(f"local[{cores}]").appName("wayweave")
        .config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g").config("spark.sql.execution.arrow.maxRecordsPerBatch", "20000")
        .config("spark.sql.shuffle.partitions", str(2 * cores)).config("spark.sql.files.maxPartitionBytes", str(16 * 2**20))
        .getOrCreate()
    )


def label_trips(spark, trips, model_file, out):
    with open(model_file, "rb") as file:
        model = spark.sparkContext.broadcast(file.read())
    source = spark.read.parquet(trips)
    wanted = ["id", "geometry"] if "geometry" in source.columns else ["id", "lon", "lat"]
    source.select(*wanted).mapInPandas(labeller(model), SCHEMA).write.mode("overwrite").partitionBy("ok").parquet(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ["trips", "model", "out"]:
        parser.add_argument(name)
    parser.add_argument("--cores", type=int, default=2)
    given = parser.parse_args()
    session = start_spark(given.cores)
    session.sparkContext.setLogLevel("ERROR")
    started = time.monotonic()
    label_trips(session, given.trips, given.model, given.out)
    seconds = time.monotonic() - started
    counts = {str(row.ok).lower(): row["count"] for row in session.read.parquet(given.out).groupBy("ok").count().collect()}
    print(json.dumps({"cores": given.cores, "seconds": round(seconds, 1), "labelled": counts.get("true", 0), "broken": counts.get("false", 0)}))
    session.stop()
