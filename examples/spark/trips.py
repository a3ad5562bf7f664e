"""What jobs over trips share: geometries out of Parquet, reasons for broken rows, the model in each worker, Spark's settings, and the command."""

import argparse
import json
import os
import time

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
LINE_STRING = {2: 2, 1002: 3, 2002: 3, 3002: 4}  # ISO WKB type: numbers a point


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


def check(points, max_latitude):
    if len(points) == 0:
        raise ValueError("trip must hold at least one point, got 0")
    bad = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= max_latitude))  # NaN too
    if bad.any():
        at = int(bad.argmax())
        raise ValueError(f"point {at} must be within ±180 and ±{max_latitude} degrees, got {points[at].tolist()}")
    return points


def read_trips(frame, max_latitude=90):
    """A frame's sound trips and its broken ones: (rows, [points, 2] each, [(row, reason)])."""
    rows, points, reasons = [], [], []
    has_geometry = "geometry" in frame
    columns = [frame["geometry"]] if has_geometry else [frame["lon"], frame["lat"]]
    for row, values in enumerate(zip(*columns)):
        try:
            points.append(check(points_of_wkb(*values) if has_geometry else points_of_lists(*values), max_latitude))
            rows.append(row)
        except ValueError as error:
            reasons.append((row, str(error)))
    return rows, points, reasons


def answer_frame(frame, rows, columns, reasons):
    """What a job gives for a frame: `columns` for the sound rows, the reason for each broken one."""
    ids = frame["id"].to_numpy()
    good = pd.DataFrame({"id": ids[rows], **columns, "reason": None, "ok": True})
    if not reasons:
        return good
    bad = pd.DataFrame({"id": ids[[row for row, _ in reasons]], **dict.fromkeys(columns), "reason": [reason for _, reason in reasons], "ok": False})
    return bad if len(rows) == 0 else pd.concat([good.astype(object), bad.astype(object)])


def open_model(model):
    """A session of one thread for a Python worker: Spark's tasks are what uses the cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def start_spark(cores, memory="2g", modules=("trips.py",)):
    # Spark's tasks are what uses the cores: numpy's own threads would only wait for one another.
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
        os.environ[name] = "1"
    spark = (
        SparkSession.builder.master(f"local[{cores}]").appName("wayweave")
        .config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", memory).config("spark.sql.execution.arrow.maxRecordsPerBatch", "20000")
        .config("spark.sql.shuffle.partitions", str(2 * cores)).config("spark.sql.files.maxPartitionBytes", str(16 * 2**20))
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    # Python workers import what the jobs import.
    for module in modules:
        spark.sparkContext.addPyFile(f"{HERE}/{module}")
    return spark


def over_trips(spark, trips, out, job, schema):
    """One pass over a folder of trips: `ok=true` and `ok=false` below `out`."""
    source = spark.read.parquet(trips)
    wanted = ["id", "geometry"] if "geometry" in source.columns else ["id", "lon", "lat"]
    source.select(*wanted).mapInPandas(job, schema).write.mode("overwrite").partitionBy("ok").parquet(out)


def by_model(model, prepare):
    """For mapInPandas: `prepare(session)` gives what answers a frame. A Python worker makes one session of the broadcast model."""

    def answers(frames):
        answer = prepare(open_model(model.value))
        for frame in frames:
            yield answer(frame)

    return answers


def run_job(prepare, schema):
    """A job's command, TRIPS MODEL OUT [--cores 2]: starts Spark, answers every trip by the model, prints what came of it as JSON."""
    parser = argparse.ArgumentParser()
    for name in ["trips", "model", "out"]:
        parser.add_argument(name)
    parser.add_argument("--cores", type=int, default=2)
    given = parser.parse_args()
    spark = start_spark(given.cores)
    started = time.monotonic()
    with open(given.model, "rb") as file:
        model = spark.sparkContext.broadcast(file.read())
    over_trips(spark, given.trips, given.out, by_model(model, prepare), schema)
    seconds = time.monotonic() - started
    counts = {str(row.ok).lower(): row["count"] for row in spark.read.parquet(given.out).groupBy("ok").count().collect()}
    print(json.dumps({"cores": given.cores, "seconds": round(seconds, 1), "done": counts.get("true", 0), "broken": counts.get("false", 0)}))
    spark.stop()
