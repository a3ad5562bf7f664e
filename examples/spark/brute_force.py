"""The same answers by scoring every object: numpy over blocks, all queries of a batch in one pass, each partition's k best merged by the driver.

Scores are computed in float32, some thousand objects at a time so that they stay in the processor's cache; what may be among the k best by the bound of
float32's error is scored again in float64.
"""

import json
import time

import numpy as np
from blocks import answer_of_partition, column, on_sphere

RADIUS_METERS = 6371008.8
CHUNK = 8192
# Of an inner product in float32; and of the angle that comes of one: arccos(1 - e) is at most sqrt(2.1 e).
PRODUCT_ERROR = 1e-6
ANGLE_ERROR = (2.1 * PRODUCT_ERROR) ** 0.5


class BruteForce:
    def __init__(self, blocks):
        self.blocks = blocks

    def farthest(self, queries):
        """Each query's farthest object of all, in metres."""
        places = places_of(queries)
        return np.max(self._ask(["places"], lambda blocks: farthest_meters(blocks, places)), axis=0).tolist()

    def search(self, queries, scales):
        """Each query's k best of all, and what each partition says of its work: [queries] hits, [partitions]."""
        batch = Batch(queries, scales)
        found = self._ask(["ids", "places", "vectors"], lambda blocks: best_of_blocks(blocks, batch))
        lists = [each.pop("lists") for each in found]
        merged = [sorted(sum(each, []), key=lambda hit: (-hit["score"], hit["id"]))[: query["k"]] for query, each in zip(queries, zip(*lists))]
        return merged, found

    def _ask(self, columns, answer):
        job = answer_of_partition(lambda blocks: json.dumps(answer(blocks)))
        return [json.loads(row.answer) for row in self.blocks.select(*columns).mapInPandas(job, "answer string").collect()]


def places_of(queries):
    return on_sphere([query["position"] for query in queries])  # [queries, 3]


def farthest_meters(blocks, wanted):
    """The farthest object is the one nearest to the antipode."""
    least, farthest = np.full(len(wanted), 2.0), np.zeros((len(wanted), 3))
    for block in blocks:
        places = column(block, "places")
        for start in range(0, len(places), CHUNK):
            cosines = wanted @ places[start : start + CHUNK].T  # [queries, chunk]
            at = cosines.argmin(axis=1)
            cosines = cosines[np.arange(len(wanted)), at]
            better = cosines < least
            least[better], farthest[better] = cosines[better], places[start + at[better]]
    to_antipode = 2 * np.arcsin(np.minimum(1, np.linalg.norm(wanted + farthest, axis=1) / 2))
    return (RADIUS_METERS * (np.pi - to_antipode)).tolist()


class Batch:
    """Queries as arrays: score = mu · (1 - angle / scale) + (1 - mu) · cosine."""

    def __init__(self, queries, scales):
        self.k = queries[0]["k"]
        self.mu = np.array([query["mu"] for query in queries])
        self.scale = np.array(scales) / RADIUS_METERS
        self.places = places_of(queries)
        vectors = np.array([query["vector"] for query in queries])
        self.vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        # For float32: mu + weighted · vector - slope · angle.
        self.weighted = ((1 - self.mu)[:, None] * self.vectors).astype(np.float32)
        self.places32 = self.places.astype(np.float32)
        self.slope = (self.mu / self.scale).astype(np.float32)[:, None]
        self.error = 2 * PRODUCT_ERROR + self.mu * ANGLE_ERROR / self.scale

    def rough_scores(self, places, vectors):
        """float32 [queries, n], less mu; wrong by `error` at most."""
        angles = self.places32 @ places.astype(np.float32).T
        np.arccos(np.clip(angles, -1, 1, out=angles), out=angles)
        angles *= self.slope
        return np.subtract(self.weighted @ vectors.T, angles, out=angles)

    def scores(self, query, places, vectors):
        """float64 [n], of one query."""
        angles = 2 * np.arcsin(np.minimum(1, np.linalg.norm(places - self.places[query], axis=1) / 2))
        return self.mu[query] * (1 - angles / self.scale[query]) + (1 - self.mu[query]) * (vectors.astype(np.float64) @ self.vectors[query])


def best_of_blocks(blocks, batch):
    count = len(batch.mu)
    best = [(np.empty(0, np.uint32), np.empty(0)) for _ in range(count)]  # ids and scores, best first
    bounds = np.full(count, -np.inf)  # the k-th score so far
    cpu = 0
    for block in blocks:
        started = time.process_time()
        ids, places, vectors = (column(block, name) for name in ["ids", "places", "vectors"])
        for start in range(0, len(ids), CHUNK):
            part = slice(start, start + CHUNK)
            rough = batch.rough_scores(places[part], vectors[part])
            floors = np.maximum(bounds - batch.mu - batch.error, kth(rough, batch.k) - 2 * batch.error if start == 0 else -np.inf)
            may_be = rough >= floors[:, None]
            for query in np.flatnonzero(may_be.any(axis=1)):
                at = start + np.flatnonzero(may_be[query])
                known_ids, known_scores = best[query]
                new_ids = np.concatenate([known_ids, ids[at]])
                scores = np.concatenate([known_scores, batch.scores(query, places[at], vectors[at])])
                order = np.lexsort([new_ids, -scores])[: batch.k]
                best[query] = new_ids[order], scores[order]
                if len(order) == batch.k:
                    bounds[query] = scores[order[-1]]
        cpu += time.process_time() - started
    lists = [[{"id": int(id), "score": float(score)} for id, score in zip(*each)] for each in best]
    return {"lists": lists, "cpuMs": 1000 * cpu}


def kth(rough, k):
    """The k-th best of each row, or the worst where there are fewer."""
    k = min(k, rough.shape[1])
    return np.partition(rough, -k, axis=1)[:, -k].astype(np.float64)
