"""A checkpoint written by the reference implementation of safetensors, for @wayweave/nn to read, and the reverse.

    pip install safetensors numpy
    python scripts/parity/nn_safetensors.py                     writes packages/nn/test/golden/reference.safetensors
    python scripts/parity/nn_safetensors.py ours.safetensors    lists what the reference implementation reads in ours
"""

import json
import pathlib
import sys

import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

TARGET = pathlib.Path(__file__).parents[2] / "packages/nn/test/golden/reference.safetensors"

if len(sys.argv) > 1:
    for name, array in sorted(load_file(sys.argv[1]).items()):
        print(name, array.dtype, list(array.shape), array.ravel()[:4].tolist())
else:
    tensors = {
        "float32": np.array([[1.5, -2.0], [0.0, 3.25]], np.float32),
        "float64": np.array([np.pi]),
        "float16": np.array([1.0, -0.5], np.float16),
        "int64": np.array([-1, 2**40]),
        "int32": np.array(7, np.int32),
        "int8": np.array([-128, 127], np.int8),
        "uint8": np.array([0, 255, 3], np.uint8),
        "bool": np.array([True, False, True]),
        "empty": np.zeros((0, 3), np.float32),
    }
    save_file(tensors, TARGET, metadata={"madeBy": f"safetensors {safetensors.__version__}, numpy {np.__version__}"})
    print(json.dumps({"written": str(TARGET.name), "safetensors": safetensors.__version__}))
