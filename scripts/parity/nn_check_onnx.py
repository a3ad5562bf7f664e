"""Checks models exported by @wayweave/nn with the reference tools of ONNX.

    pip install onnx onnxruntime numpy
    pnpm --filter @wayweave/nn build && node scripts/parity/nn_export_models.mjs /tmp/nn-models
    python scripts/parity/nn_check_onnx.py /tmp/nn-models

Every .onnx file must pass onnx.checker with full type and shape inference. Where a .json with inputs and outputs
lies beside it, onnxruntime for Python, and ONNX's reference evaluator where it has all operators, must give the
same outputs as onnxruntime-node. Writes packages/nn/test/golden/onnx-check.json: what was checked, with which versions.
"""

import json
import pathlib
import platform
import sys

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

TARGET = pathlib.Path(__file__).parents[2] / "packages/nn/test/golden/onnx-check.json"
DTYPES = {"bool": np.bool_, "float32": np.float32, "float64": np.float64, "int32": np.int32, "int64": np.int64}


def tensors(recorded):
    return {name: np.array(t["data"], DTYPES[t["type"]]).reshape(t["shape"]) for name, t in recorded.items()}


def difference(expected, actual):
    return max(
        float(np.max(np.abs(expected[name].astype(np.float64) - value))) if expected[name].size else 0.0
        for name, value in actual.items()
    )


def check(path):
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(str(path))
    result = {
        "irVersion": model.ir_version,
        "opset": model.opset_import[0].version,
        "nodes": len(model.graph.node),
        "operators": sorted({node.op_type for node in model.graph.node}),
        "checker": "passed",
    }
    values = path.with_suffix(".json")
    if not values.exists():
        return result
    recorded = json.loads(values.read_text())
    inputs, expected = tensors(recorded["inputs"]), tensors(recorded["outputs"])
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    actual = dict(zip(names, session.run(names, inputs)))
    result["maxDifferenceOnnxruntimePython"] = difference(expected, actual)
    if "GRU" not in result["operators"]:  # the reference GRU ignores sequence_lens and has one direction
        reference = ReferenceEvaluator(model)
        actual = dict(zip(reference.output_names, reference.run(None, inputs)))
        result["maxDifferenceReferenceEvaluator"] = difference(expected, actual)
    for key, value in result.items():
        if key.startswith("maxDifference"):
            assert value <= 1e-5, f"{path.name}: {key} is {value}"
    return result


folder = pathlib.Path(sys.argv[1])
report = {
    "madeBy": "scripts/parity/nn_check_onnx.py",
    "versions": {
        "python": platform.python_version(),
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
    },
    "models": {path.name: check(path) for path in sorted(folder.glob("*.onnx"))},
}
assert report["models"], f"no .onnx files in {folder}"
TARGET.write_text(json.dumps(report, indent=2) + "\n")
print(json.dumps(report, indent=2))
