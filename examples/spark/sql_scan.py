"""The same answers by Spark SQL, which scores every object: one query, or a batch of them in one statement."""

import numpy as np
from blocks import DIMENSIONS

HALF = "pow(sin((radians(lat) - {lat_wanted}) / 2), 2) + cos(radians(lat)) * {cos_lat} * pow(sin((radians(lon) - {lon_wanted}) / 2), 2)"
DOT = " + ".join(f"v{j} * {{w{j}}}" for j in range(DIMENSIONS))
ONE = f"""
    WITH measured AS (SELECT id, asin(sqrt(least(1D, {HALF}))) AS angle, {DOT} AS similarity FROM objects),
         farthest AS (SELECT max(angle) AS most FROM measured)
    SELECT id, {{mu}} * (1 - angle / most) + (1 - {{mu}}) * similarity AS score FROM measured CROSS JOIN farthest ORDER BY score DESC, id LIMIT {{k}}"""
MANY = f"""
    WITH measured AS (SELECT /*+ BROADCAST(queries) */ query, mu, id, asin(sqrt(least(1D, {HALF}))) AS angle, {DOT} AS similarity FROM objects CROSS JOIN queries),
         farthest AS (SELECT query, max(angle) AS most FROM measured GROUP BY query),
         scored AS (SELECT query, id, mu * (1 - angle / most) + (1 - mu) * similarity AS score FROM measured JOIN farthest USING (query)),
         ranked AS (SELECT *, row_number() OVER (PARTITION BY query ORDER BY score DESC, id) AS place FROM scored)
    SELECT query, id, score FROM ranked WHERE place <= {{k}} ORDER BY query, place"""


class SqlScan:
    """`objects` has id, lon, lat, v0 … v9; vectors have length 1."""

    def __init__(self, spark, objects):
        self.spark = spark
        objects.createOrReplaceTempView("objects")

    def search_one(self, query):
        """The query's k best, best first: the statement that somebody would write for it."""
        values = {name: f"{value!r}D" for name, value in numbers_of(query).items()}
        return [row.asDict() for row in self.spark.sql(ONE.format(k=query["k"], **values)).collect()]

    def search(self, queries):
        """Each query's k best, best first, by one statement."""
        rows = [{"query": number, **numbers_of(query)} for number, query in enumerate(queries)]
        self.spark.createDataFrame(rows).createOrReplaceTempView("queries")
        hits = [[] for _ in queries]
        for row in self.spark.sql(MANY.format(k=queries[0]["k"], **{name: f"queries.{name}" for name in numbers_of(queries[0])})).collect():
            hits[row["query"]].append({"id": row["id"], "score": row["score"]})
        return hits


def numbers_of(query):
    """Of a query, by the statements' names: radians, and a vector of length 1."""
    lon, lat = np.radians(query["position"]).tolist()
    wanted = (np.array(query["vector"]) / np.linalg.norm(query["vector"])).tolist()
    return {"mu": query["mu"], "lon_wanted": lon, "lat_wanted": lat, "cos_lat": float(np.cos(lat)), **{f"w{j}": value for j, value in enumerate(wanted)}}
