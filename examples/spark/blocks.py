"""A partition's objects as one row of fixed-width binary columns: what trees are built from and what brute force reads."""

import itertools

import numpy as np
import pandas as pd
import pyarrow as pa

DIMENSIONS = 10
VECTOR = [f"v{j}" for j in range(DIMENSIONS)]
SCHEMA = "objects long, ids binary, positions binary, places binary, vectors binary"
# ids uint32 [n]; positions float64 [n, 2] in degrees; places float64 [n, 3], the same on the unit sphere; vectors float32 [n, DIMENSIONS] of length 1.
TYPES = {"ids": (np.uint32, ()), "positions": (np.float64, (2,)), "places": (np.float64, (3,)), "vectors": (np.float32, (DIMENSIONS,))}


def on_sphere(positions):
    """Degrees [n, 2] as points of the unit sphere [n, 3]."""
    lon, lat = np.radians(positions).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def make_block(batches):
    """mapInArrow: the objects of a partition become one row."""
    rows = pa.Table.from_batches(list(batches))
    if rows.num_rows == 0:
        return
    positions = stack(rows, ["lon", "lat"], np.float64)
    columns = {"ids": rows["id"].to_numpy(), "positions": positions, "places": on_sphere(positions), "vectors": stack(rows, VECTOR, np.float32)}
    block = {name: pa.array([values.astype(TYPES[name][0], copy=False).tobytes()], pa.binary()) for name, values in columns.items()}
    yield pa.RecordBatch.from_pydict({"objects": pa.array([rows.num_rows], pa.int64()), **block})


def stack(rows, names, kind):
    """Columns side by side: [n, names]."""
    values = np.empty((rows.num_rows, len(names)), kind)
    for j, name in enumerate(names):
        values[:, j] = rows[name].to_numpy()
    return values


def column(row, name):
    """A block's column as an array, without a copy."""
    kind, shape = TYPES[name]
    return np.frombuffer(row[name], kind).reshape(-1, *shape)


def write_whole_rows(frame, path):
    """Parquet of rows of many megabytes that hardly get smaller: no dictionary is tried, nothing compressed."""
    frame.write.option("parquet.enable.dictionary", "false").option("compression", "uncompressed").parquet(path)


def answer_of_partition(answer):
    """mapInPandas's function: one string, `answer(rows)`, for all rows of a partition, which come one after another; none where it is empty."""

    def job(frames):
        rows = (row for frame in frames for _, row in frame.iterrows())
        first = next(rows, None)
        if first is not None:
            yield pd.DataFrame({"answer": [answer(itertools.chain([first], rows))]})

    return job
