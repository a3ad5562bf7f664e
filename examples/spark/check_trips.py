"""Compares Spark's labels and embeddings with the TypeScript packages', and says how fast and how large each run was.

    python check_trips.py FOLDER MODEL.onnx RESULTS.json CORES...
"""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
from memory import MostMemory

folder, model, results, *cores = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))


def run(job, model, count):
    """One run of a job on so many cores, with the most memory that it and its workers had."""
    out = f"{folder}/{job}-{count}"
    process = subprocess.Popen([sys.executable, f"{here}/{job}.py", f"{folder}/trips", model, out, "--cores", count], stdout=subprocess.PIPE, text=True)
    with MostMemory(process.pid) as memory:
        text, _ = process.communicate()
    if process.returncode != 0:
        sys.exit(f"check_trips.py: {job}.py failed")
    told = json.loads(text.strip().splitlines()[-1])
    return {"job": job, **told, "tripsPerSecond": round(told["done"] / told["seconds"]), "megabytes": memory.megabytes}, out


def side_by_side(out, file):
    """What Spark and the TypeScript package say of the sample."""
    expected = pd.read_json(f"{folder}/{file}", lines=True).set_index("id")
    got = pd.read_parquet(f"{out}/ok=true", filters=[("id", "in", list(expected.index))]).set_index("id").loc[expected.index]
    return got, expected, np.abs(np.stack(got["embedding"]) - np.stack(expected["embedding"])).max()


def compare_labels(out):
    got, expected, difference = side_by_side(out, "expected.jsonl")
    return {
        "sample": len(expected),
        "labelsEqual": int((got["label"].to_numpy() == expected["label"].to_numpy()).sum()),
        "largestDifferenceOfEmbeddings": float(f"{difference:.1e}"),
        "largestDifferenceOfConfidence": float(f"{np.abs(got['confidence'] - expected['confidence']).max():.1e}"),
    }


rows, comparison = [], None
for count in cores:
    row, out = run("label_trips", model, count)
    rows.append(row)
    comparison = compare_labels(out)
    if comparison["labelsEqual"] != comparison["sample"]:
        sys.exit(f"check_trips.py: labels must equal the TypeScript package's, got {comparison}")
broken = pd.read_parquet(f"{out}/ok=false")[["id", "reason"]].sort_values("id").to_dict("records")
if len(broken) != 7 or any(not each["reason"] for each in broken):
    sys.exit(f"check_trips.py: 7 rows must be broken, each with a reason, got {broken}")

row, out = run("embed_trips", f"{folder}/tower/trajectory.onnx", cores[-1])
rows.append(row)
_, expected, difference = side_by_side(out, "expected-tower.jsonl")
tower = {"sample": len(expected), "largestDifference": float(f"{difference:.1e}")}
# Embeddings have length 1; float32 sums of hundreds of terms in another order differ by some 1e-6.
if row["broken"] != 7 or difference > 1e-4:
    sys.exit(f"check_trips.py: embeddings must equal the TypeScript package's and 7 rows be broken, got {tower} and {row}")

with open(f"{folder}/made.json") as file:
    made = json.load(file)
report = {"madeBy": "examples/spark/run.sh", **made, "runs": rows, "comparison": comparison, "tower": tower, "broken": broken}
with open(results, "w") as file:
    json.dump(report, file, indent=2)
    file.write("\n")
print(json.dumps(report, indent=2))
