"""Embeddings of trips in Parquet by TrajCross' trajectory tower, a `trajectory.onnx` that @wayweave/trajcross has saved.

    python embed_trips.py TRIPS trajectory.onnx OUT [--cores 2]

TRIPS and OUT are as label_trips.py has them; trips are in degrees, and the model is one that was trained on Web Mercator's metres (`projectSet(set, webMercator)`) in
the `keypoints` architecture, the default. A nearest-neighbour search over the embeddings then finds alike trips, or trips of a picture's embedding.
"""

import json

import numpy as np
from trips import answer_frame, read_trips, run_job

ROWS_A_BATCH = 1024
RADIUS_METERS, MAX_LATITUDE = 6378137.0, 85.0511287798066  # of EPSG:3857
SCHEMA = "id string, embedding array<float>, reason string, ok boolean"


def web_mercator(points):
    """[points, 2] in metres."""
    lon, lat = np.radians(points).T
    return RADIUS_METERS * np.column_stack([lon, np.arctanh(np.sin(lat))])


def resampled(points, count):
    """`count` positions equally far apart along a line, both ends included; a line of no length repeats its point."""
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.arange(count) * (reached[-1] / (count - 1))
    at[-1] = reached[-1]
    return np.column_stack([np.interp(at, reached, points[:, axis]) for axis in (0, 1)])


def embedder(session):
    """What embeds a frame of trips."""
    told = session.get_modelmeta().custom_metadata_map
    config = json.loads(told["wayweave.trajcross.config"])
    if config["architecture"] != "keypoints":
        raise ValueError(f"model must be of the architecture keypoints, got {config['architecture']}")
    origin = json.loads(told["wayweave.trajcross.origin"])
    return lambda frame: embed_frame(session, frame, config["points"], [origin["originX"], origin["originY"]])


def embed_frame(session, frame, count, origin):
    sound, points, reasons = read_trips(frame, MAX_LATITUDE)
    embeddings = []
    for start in range(0, len(sound), ROWS_A_BATCH):
        # The origin is taken off in float64: float32 tells metres of a web map apart by a metre only.
        rows = [resampled(web_mercator(each), count) - origin for each in points[start : start + ROWS_A_BATCH]]
        embeddings += list(session.run(["embedding"], {"points": np.stack(rows).astype(np.float32)})[0])
    return answer_frame(frame, sound, {"embedding": embeddings}, reasons)


if __name__ == "__main__":
    run_job(embedder, SCHEMA)
