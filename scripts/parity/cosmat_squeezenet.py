"""Reference values of SqueezeNet 1.1's layout, from PyTorch.

Writes packages/cosmat/test/golden/squeezenet.json: seeded weights of a network of the same layout with few channels, an
input, and its features and logits. The layers are torchvision's `squeezenet1_1` (torchvision/models/squeezenet.py) written
out: dropout does nothing at inference. Given the weights of the real network, prints its logits on the same kind of input
instead:

    python scripts/parity/cosmat_squeezenet.py
    python scripts/parity/cosmat_squeezenet.py squeezenet1_1_f32 input.bin   # .bin, .manifest.json; float32 [1, 3, 224, 224]
"""

import json
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F


def forward(weights, x):
    def conv(x, i, stride=1, padding=0):
        return F.relu(F.conv2d(x, weights[i, "weight"], weights[i, "bias"], stride=stride, padding=padding))

    x = conv(x, 0, stride=2)
    for fire in range(8):
        if fire in (0, 2, 4):
            x = F.max_pool2d(x, kernel_size=3, stride=2, ceil_mode=True)
        squeezed = conv(x, 3 * fire + 1)
        x = torch.cat([conv(squeezed, 3 * fire + 3), conv(squeezed, 3 * fire + 2, padding=1)], 1)
    return x.mean((2, 3)), conv(x, 25).mean((2, 3))


def read(manifest, values):
    weights = {}
    for tensor in manifest["tensors"]:
        layer = int(tensor["layer"].removeprefix("convrelu_"))
        count = int(numpy.prod(tensor["shape"]))
        start = tensor["offset"] // 4
        part = values[start : start + count]
        weights[layer, tensor["kind"]] = torch.tensor(part).reshape(tensor["shape"])
    return weights


if len(sys.argv) > 1:
    manifest = json.loads(pathlib.Path(sys.argv[1] + ".manifest.json").read_text())
    weights = read(manifest, numpy.fromfile(sys.argv[1] + ".bin", numpy.float32))
    x = torch.tensor(numpy.fromfile(sys.argv[2], numpy.float32)).reshape(1, 3, 224, 224)
    features, logits = forward(weights, x)
    print(json.dumps({"features": features[0].tolist(), "logits": logits[0].tolist()}))
    sys.exit()

torch.manual_seed(7)
tensors, values = [], []


def put(layer, kind, shape):
    tensors.append({"layer": f"convrelu_{layer}", "kind": kind, "shape": shape, "offset": 4 * len(values)})
    values.extend((torch.randn(int(numpy.prod(shape))) / 3).numpy().round(4).tolist())


def convolution(layer, out, into, size):
    put(layer, "weight", [out, into, size, size])
    put(layer, "bias", [out])


convolution(0, 6, 3, 3)
for fire in range(8):
    convolution(3 * fire + 1, 2, 6, 1)
    convolution(3 * fire + 2, 3, 2, 3)
    convolution(3 * fire + 3, 3, 2, 1)
convolution(25, 5, 6, 1)
manifest = {"tensors": tensors}
# 67 pixels: both roundings of the pooling's size occur.
x = torch.randn(1, 3, 67, 67).round(decimals=2)
features, logits = forward(read(manifest, numpy.array(values, numpy.float32)), x)
golden = {
    "script": "scripts/parity/cosmat_squeezenet.py",
    "versions": {"python": sys.version.split()[0], "torch": torch.__version__, "numpy": numpy.__version__},
    "manifest": manifest,
    "values": values,
    "side": 67,
    "pixels": [round(v, 2) for v in x.flatten().tolist()],
    "features": features[0].tolist(),
    "logits": logits[0].tolist(),
}
path = pathlib.Path(__file__).parents[2] / "packages/cosmat/test/golden/squeezenet.json"
path.write_text(json.dumps(golden) + "\n")
print(golden["features"], golden["logits"])
