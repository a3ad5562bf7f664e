"""Runs models exported by @wayweave/e2dtc in onnxruntime for Python: the same file gives the same clusters without this project.

    pip install onnx onnxruntime numpy
    node scripts/parity/e2dtc_export_model.mjs
    python scripts/parity/e2dtc_onnx.py

Every model must pass onnx.checker with full type and shape inference. Writes packages/e2dtc/test/golden/onnx.json: versions, and
label, soft assignment and embedding of each trip of <name>.trips.json, which test/onnx-parity.test.ts compares with ours. A model
of your own runs the same way: coordinates (float64, [batch, time, 2]) and lengths (int32, [batch]) in, filled up with anything.
"""

import json
import pathlib
import platform

import numpy as np
import onnx
import onnxruntime

GOLDEN = pathlib.Path(__file__).parents[2] / "packages/e2dtc/test/golden"


def run(path):
    onnx.checker.check_model(str(path), full_check=True)
    trips = json.loads(path.with_suffix(".trips.json").read_text())
    coordinates = np.array(trips["coordinates"], np.float64).reshape(trips["shape"])
    lengths = np.array(trips["lengths"], np.int32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = ["label", "softAssignment", "embedding"]
    label, soft, embedding = session.run(names, {"coordinates": coordinates, "lengths": lengths})
    # What fills a row up does not matter, and neither does the batch that a trip is in.
    filled = coordinates + 1e3 * (np.arange(coordinates.shape[1])[None, :, None] >= lengths[:, None, None])
    assert (session.run(["label"], {"coordinates": filled, "lengths": lengths})[0] == label).all()
    for i, length in enumerate(lengths):
        alone = session.run(["label"], {"coordinates": coordinates[i : i + 1, :length], "lengths": lengths[i : i + 1]})
        assert alone[0][0] == label[i], f"{path.name}: trip {i} alone"
    return {
        "label": label.tolist(),
        "softAssignment": [[float(f"{value:.7g}") for value in row] for row in soft],
        "embedding": [[float(f"{value:.7g}") for value in row] for row in embedding],
    }


report = {
    "madeBy": "scripts/parity/e2dtc_onnx.py",
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
    },
    "models": {path.stem: run(path) for path in sorted(GOLDEN.glob("*.onnx"))},
}
(GOLDEN / "onnx.json").write_text(json.dumps(report) + "\n")
for name, result in report["models"].items():
    print(name, "labels", np.bincount(result["label"]).tolist())
