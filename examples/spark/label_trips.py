"""Clusters of trips in Parquet, by a model that @wayweave/e2dtc has saved: no code of Wayweave runs here, only the ONNX file.

    python label_trips.py TRIPS MODEL.onnx OUT [--cores 2]

TRIPS holds Parquet with `id` and either `geometry` (WKB LineStrings: GeoParquet) or the lists `lon` and `lat`. OUT gets two folders from one pass:
`ok=true` with id, label, confidence and embedding, and `ok=false` with id and the reason why a row has none.
"""

import numpy as np
from trips import answer_frame, read_trips, run_job

ROWS_A_BATCH, POINTS_A_BATCH = 512, 65_536
SCHEMA = "id string, label int, confidence float, embedding array<float>, reason string, ok boolean"


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


def labeller(session):
    """What labels a frame of trips."""
    return lambda frame: label_frame(session, frame)


def label_frame(session, frame):
    sound, points, reasons = read_trips(frame)
    n = len(sound)
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
    return answer_frame(frame, sound, {"label": labels, "confidence": confidence, "embedding": embeddings}, reasons)


if __name__ == "__main__":
    run_job(labeller, SCHEMA)
