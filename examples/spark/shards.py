"""A GMR-Tree buffer a partition, built and asked by one Node process each (shard.mjs)."""

import json
import os
import struct
import subprocess

import pandas as pd
from blocks import DIMENSIONS, answer_of_partition


def node(shard, task, header, parts=()):
    """Runs shard.mjs, gives it the parts one after another, and returns what it prints."""
    command = [os.environ.get("NODE", "node"), shard, task]
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


class Shards:
    """Shards of a table of trees. `shard` is the path of shard.mjs on the workers."""

    def __init__(self, trees, shard):
        self.trees, self.shard = trees, shard

    def farthest(self, queries):
        """Each query's farthest object of all, in metres."""
        return [max(meters) for meters in zip(*self._ask("farthest", {"queries": queries}))]

    def search(self, queries, scales):
        """Each query's k best of all, and what each partition says of its work: [queries] hits, [partitions]."""
        found = self._ask("search", {"queries": queries, "scales": scales})
        merged = node(self.shard, "merge", {"k": queries[0]["k"], "lists": [each.pop("lists") for each in found]})
        return json.loads(merged), found

    def _ask(self, task, header):
        shard = self.shard
        job = answer_of_partition(lambda rows: node(shard, task, header, (row["tree"] for row in rows)).decode())
        return [json.loads(row.answer) for row in self.trees.mapInPandas(job, "answer string").collect()]


def tree_builder(shard):
    """For mapInPandas: each block becomes a row with a tree's buffer."""

    def build(frames):
        for frame in frames:
            for _, block in frame.iterrows():
                buffer = node(shard, "build", {"dimensions": DIMENSIONS}, [block["ids"], block["positions"], block["vectors"]])
                yield pd.DataFrame({"objects": [block["objects"]], "tree": [buffer]})

    return build
