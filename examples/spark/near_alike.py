"""Exact "near and alike" search over shards in Spark: a GMR-Tree buffer a shard, kept in Parquet, one Node process a partition.

    python near_alike.py FOLDER RESULTS.json [--shards 4] [--cores 2] [--scans 3]

FOLDER has what make-objects.mjs writes. Every answer is compared with that of one tree over all objects; a few also with a scan in Spark SQL.
"""

import argparse
import itertools
import json
import os
import shutil
import struct
import subprocess
import time

import numpy as np
import pandas as pd
from trips import start_spark

HERE = os.path.dirname(os.path.abspath(__file__))
DIMENSIONS = 10
VECTOR = [f"v{j}" for j in range(DIMENSIONS)]


def node(task, header, parts=()):
    """Runs shard.mjs, gives it the parts one after another, and returns what it prints."""
    command = [os.environ.get("NODE", "node"), f"{HERE}/shard.mjs", task]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        process.stdin.write(json.dumps(header).encode() + b"\n")
        for part in parts:
            process.stdin.write(struct.pack("<Q", len(part)))
            process.stdin.write(part)
    except BrokenPipeError:
        pass  # It ended early, and says why.
    answer, said = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"shard.mjs {task}: {said.decode()}")
    return answer


def build_shard(frames):
    """mapInPandas: the objects of a partition become one row with a tree's buffer."""
    rows = pd.concat(list(frames))
    if rows.empty:
        return
    columns = [rows["id"].to_numpy(np.uint32), rows[["lon", "lat"]].to_numpy(np.float64), rows[VECTOR].to_numpy(np.float32)]
    buffer = node("build", {"dimensions": DIMENSIONS}, [column.tobytes() for column in columns])
    yield pd.DataFrame({"objects": [len(rows)], "tree": [buffer]})


def asker(task, header):
    """For mapInPandas: asks all shards of a partition at once, in one process."""

    def ask(frames):
        trees = (tree for frame in frames for tree in frame["tree"])
        first = next(trees, None)
        if first is not None:
            yield pd.DataFrame({"answer": [node(task, header, itertools.chain([first], trees)).decode()]})

    return ask


def ask_shards(shards, task, header):
    return [json.loads(row.answer) for row in shards.mapInPandas(asker(task, header), "answer string").collect()]


def scan(spark, query):
    """The same by Spark SQL: every object is scored."""
    lon, lat = np.radians(query["position"])
    wanted = (np.array(query["vector"]) / np.linalg.norm(query["vector"])).tolist()
    dot = " + ".join(f"v{j} * {wanted[j]!r}D" for j in range(DIMENSIONS))
    norm = " + ".join(f"double(v{j}) * v{j}" for j in range(DIMENSIONS))
    half = f"pow(sin((radians(lat) - {float(lat)!r}D) / 2), 2) + cos(radians(lat)) * {float(np.cos(lat))!r}D * pow(sin((radians(lon) - {float(lon)!r}D) / 2), 2)"
    return [row.id for row in spark.sql(f"""
        WITH scored AS (SELECT id, 2 * 6371008.8D * asin(sqrt(least(1D, {half}))) AS meters, ({dot}) / sqrt({norm}) AS similarity FROM objects),
             farthest AS (SELECT max(meters) AS meters FROM scored)
        SELECT id, {query["mu"]}D * (1 - scored.meters / farthest.meters) + {1 - query["mu"]!r}D * similarity AS score
        FROM scored CROSS JOIN farthest ORDER BY score DESC, id LIMIT {query["k"]}""").collect()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("results")
    for name, default in [("shards", 4), ("cores", 2), ("scans", 3)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    with open(f"{given.folder}/queries.json") as file:
        queries = json.load(file)
    with open(f"{given.folder}/one-tree.json") as file:
        one_tree = json.load(file)
    spark = start_spark(given.cores, memory="4g")

    times = {}

    def timed(name, work):
        started = time.monotonic()
        value = work()
        times[name] = round(time.monotonic() - started, 2)
        return value

    objects = spark.read.parquet(f"{given.folder}/objects.parquet")
    stored = f"{given.folder}/shards.parquet"
    shutil.rmtree(stored, ignore_errors=True)
    timed("build", lambda: objects.repartition(given.shards, "id").mapInPandas(build_shard, "objects long, tree binary").write.parquet(stored))
    # A row is a whole tree: one at a time on its way to Python.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "1")
    shards = spark.read.parquet(stored).coalesce(given.cores)
    far = timed("farthest", lambda: ask_shards(shards, "farthest", {"queries": queries}))
    scales = np.max(far, axis=0).tolist()
    found = timed("search", lambda: ask_shards(shards, "search", {"queries": queries, "scales": scales}))
    merged = timed("merge", lambda: json.loads(node("merge", {"k": queries[0]["k"], "lists": [each["lists"] for each in found]})))

    def same(hits, expected):
        return [hit["id"] for hit in hits] == [hit["id"] for hit in expected] and all(
            abs(hit["score"] - other["score"]) < 1e-12 for hit, other in zip(hits, expected))

    equal = sum(same(hits, answer["hits"]) for hits, answer in zip(merged, one_tree["answers"]))
    objects.createOrReplaceTempView("objects")
    scan_seconds, scans_equal = [], 0
    for query, answer in list(zip(queries, one_tree["answers"]))[: given.scans]:
        started = time.monotonic()
        ids = scan(spark, query)
        scan_seconds.append(round(time.monotonic() - started, 2))
        scans_equal += ids == [hit["id"] for hit in answer["hits"]]
    sizes = spark.read.parquet(stored).selectExpr("objects", "length(tree) AS bytes").collect()
    spark.stop()
    brute = one_tree["bruteForce"]
    milliseconds = sorted(answer["ms"] for answer in one_tree["answers"])
    report = {
        "madeBy": "examples/spark/run.sh",
        "objects": one_tree["objects"],
        "shards": len(sizes),
        "cores": given.cores,
        "queries": len(queries),
        "equalToOneTree": equal,
        "scansEqual": f"{scans_equal} of {given.scans}",
        "bytesAnObject": round(sum(row.bytes for row in sizes) / one_tree["objects"], 1),
        "oneTree": {
            "buildSeconds": round(one_tree["buildSeconds"], 2),
            "bytes": one_tree["bytes"],
            "peakMegabytes": one_tree["peakMegabytes"],
            "medianMs": round(milliseconds[len(milliseconds) // 2], 3),
        },
        "bruteForce": {**brute, "secondsPerQuery": [round(each, 2) for each in brute["secondsPerQuery"]]},
        "seconds": times,
        "shardsMsPerQuery": [round(each["msPerQuery"], 3) for each in found],
        "scanSecondsPerQuery": scan_seconds,
    }
    with open(given.results, "w") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    print(json.dumps(report, indent=2))
    if equal != len(queries) or scans_equal != given.scans or brute["equal"] != brute["queries"]:
        raise SystemExit("near_alike.py: every answer must equal that of one tree, and the tree's that of brute force")


if __name__ == "__main__":
    main()
