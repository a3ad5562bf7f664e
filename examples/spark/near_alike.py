"""Exact "near and alike" search over shards in Spark, beside two ways that score every object: numpy over the same partitions, and Spark SQL.

    python near_alike.py FOLDER RESULTS.json [--shards 4] [--cores 2] [--alone 3] [--scans 3] [--memory 2g]

FOLDER has what make-objects.mjs writes. All queries go in one batch, and the first ALONE of them once more in a job of their own; Spark SQL answers the
first SCANS. Every answer is compared with that of one tree over all objects.
"""

import argparse
import json
import os
import shutil
import statistics
import time

from blocks import SCHEMA, make_block, write_whole_rows
from brute_force import BruteForce
from memory import MostMemory
from shards import Shards, tree_builder
from sql_scan import SqlScan
from trips import HERE, start_spark

SHARD = f"{HERE}/shard.mjs"


def timed(work, *given):
    started = time.monotonic()
    value = work(*given)
    return value, time.monotonic() - started


def read_json(path):
    with open(path) as file:
        return json.load(file)


def equal_answers(answers, expected, tolerance):
    """How many answers have the same ids in the same order, and scores that differ by no more."""
    return sum(
        [hit["id"] for hit in hits] == [hit["id"] for hit in other["hits"]]
        and all(abs(hit["score"] - better["score"]) <= tolerance for hit, better in zip(hits, other["hits"]))
        for hits, other in zip(answers, expected))


def ask(engine, queries, alone):
    """A batch's answers, and what they took; some queries once more, one a time."""
    scales, farthest_seconds = timed(engine.farthest, queries)
    (answers, partitions), search_seconds = timed(engine.search, queries, scales)
    seconds = [timed(lambda query: engine.search([query], engine.farthest([query])), query)[1] for query in queries[:alone]]
    per_query = {f"{name}AQuery": round(sum(each[name] for each in partitions) / len(queries), 3) for name in partitions[0]}
    return answers, {
        "batchSeconds": round(farthest_seconds + search_seconds, 2),
        "farthestSeconds": round(farthest_seconds, 2),
        "secondsAQuery": round((farthest_seconds + search_seconds) / len(queries), 3),
        "aloneSeconds": median(seconds),
        **per_query,
    }


def median(seconds):
    return round(statistics.median(seconds), 2) if seconds else None


def by_shards(spark, folder, given, queries):
    """Builds blocks and trees, asks both."""
    path = f"{folder}/objects.parquet"
    # Spark deals row groups of a file to partitions of so many bytes: the shards. A table of many files has its partitions already.
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(os.path.getsize(path) // given.shards + 1))
    objects = spark.read.parquet(path)
    blocks, trees = f"{folder}/blocks.parquet", f"{folder}/shards.parquet"
    for path in [blocks, trees]:
        shutil.rmtree(path, ignore_errors=True)
    _, block_seconds = timed(write_whole_rows, objects.mapInArrow(make_block, SCHEMA), blocks)
    # A row is a whole block or tree: one at a time on its way to Python, and its file is not split.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "1")
    spark.conf.set("spark.sql.files.maxPartitionBytes", "128m")
    built = spark.read.parquet(blocks).select("objects", "ids", "positions", "vectors").mapInPandas(tree_builder(SHARD), "objects long, tree binary")
    _, tree_seconds = timed(write_whole_rows, built, trees)
    count = objects.count()

    def bytes_an_object(path, *columns):
        sums = " + ".join(f"sum(length({name}))" for name in columns)
        return round(spark.read.parquet(path).selectExpr(sums).first()[0] / count, 1)

    found = {}
    for name, engine, size, seconds in [
        ("GMR-Tree shards", Shards(spark.read.parquet(trees).select("tree").coalesce(given.cores), SHARD), bytes_an_object(trees, "tree"), tree_seconds),
        ("numpy, every object", BruteForce(spark.read.parquet(blocks).coalesce(given.cores)), bytes_an_object(blocks, "ids", "places", "vectors"), 0),
    ]:
        answers, took = ask(engine, queries, given.alone)
        found[name] = answers, {"bytesAnObject": size, "buildSeconds": round(seconds, 2), **took}
    return found, spark.read.parquet(trees).count(), round(block_seconds, 2)


def by_scan(spark, folder, queries):
    """Spark SQL over a row an object: each query alone, then all in one statement."""
    path = f"{folder}/objects.parquet"
    # As many partitions as Spark makes of trips: a row is small again.
    spark.conf.set("spark.sql.files.maxPartitionBytes", "16m")
    objects = spark.read.parquet(path)
    scan = SqlScan(spark, objects)
    alone = [timed(scan.search_one, query) for query in queries]
    answers, seconds = timed(scan.search, queries)
    return [hits for hits, _ in alone], answers, {
        "bytesAnObject": round(os.path.getsize(path) / objects.count(), 1),
        "batchSeconds": round(seconds, 2),
        "secondsAQuery": round(seconds / len(queries), 3),
        "aloneSeconds": median([took for _, took in alone]),
    }


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("results")
    for name, default in [("shards", 4), ("cores", 2), ("alone", 3), ("scans", 3)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--memory", default="2g")
    return parser.parse_args()


def main():
    given = parse()
    queries, one_tree = read_json(f"{given.folder}/queries.json"), read_json(f"{given.folder}/one-tree.json")
    expected, brute = one_tree.pop("answers"), one_tree["bruteForce"]
    modules = ["trips.py", "blocks.py", "brute_force.py", "shards.py"]
    with MostMemory(os.getpid()) as memory:
        spark = start_spark(given.cores, given.memory, modules)
        found, shards, block_seconds = by_shards(spark, given.folder, given, queries)
        rows = []
        for name, (answers, took) in found.items():
            # The trees compute as the one tree does; numpy rounds and sums in another order.
            equal = equal_answers(answers, expected, 1e-12 if name.startswith("GMR") else 1e-6)
            rows.append({"method": name, "equal": equal, "queries": len(queries), **took})
        if given.scans > 0:
            alone, together, took = by_scan(spark, given.folder, queries[: given.scans])
            equal = min(equal_answers(answers, expected, 1e-6) for answers in [alone, together])
            rows.append({"method": "Spark SQL, every object", "equal": equal, "queries": len(alone), **took})
        spark.stop()
    milliseconds = [answer["ms"] for answer in expected]
    report = {
        "madeBy": "examples/spark/run.sh",
        "objects": one_tree["objects"],
        "shards": shards,
        "cores": given.cores,
        "queries": len(queries),
        "megabytes": memory.megabytes,
        "blockSeconds": block_seconds,
        "rows": rows,
        "oneTree": {
            "buildSeconds": round(one_tree["buildSeconds"], 2),
            "bytes": one_tree["bytes"],
            "peakMegabytes": one_tree["peakMegabytes"],
            "medianMs": round(statistics.median(milliseconds), 3),
        },
        "bruteForce": {**brute, "secondsPerQuery": [round(each, 2) for each in brute["secondsPerQuery"]]},
    }
    with open(given.results, "w") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    print(json.dumps(report, indent=2))
    if any(row["equal"] != row["queries"] for row in rows) or brute["equal"] != brute["queries"]:
        raise SystemExit("near_alike.py: every answer must equal that of one tree, and the tree's that of brute force")


if __name__ == "__main__":
    main()
