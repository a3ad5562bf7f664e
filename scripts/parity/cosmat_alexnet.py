"""Reference values of AlexNet's layout, from PyTorch.

Writes packages/cosmat/test/golden/alexnet.json: fc7 and logits of a network with a sixteenth of the channels. Its weights and
its input are sines (see `wave`), so that the file need not hold them. The layers are the paper's (Krizhevsky et al., 2012), as
in torchvision's `alexnet` but with two groups and local response normalisation.

    python scripts/parity/cosmat_alexnet.py
"""

import json
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F

CLASSES = 5
# name, size, channels in a group, filters, stride, padding, groups; a sixteenth of the published channels
CONVOLUTIONS = [
    ("conv1", 11, 3, 6, 4, 2, 1),
    ("conv2", 5, 3, 16, 1, 2, 2),
    ("conv3", 3, 16, 24, 1, 1, 1),
    ("conv4", 3, 12, 24, 1, 1, 2),
    ("conv5", 3, 12, 16, 1, 1, 2),
]
LAYERS = [("fc6", 6 * 6 * 16, 256), ("fc7", 256, 256), ("fc8", 256, CLASSES)]


def wave(shape, phase, scale):
    """scale · sin(0.7 i² + phase) at position i, row by row."""
    i = numpy.arange(int(numpy.prod(shape)), dtype=numpy.float64) % 4001
    return torch.tensor((scale * numpy.sin(0.7 * i * i + phase)).astype(numpy.float32).reshape(shape))


def forward(x):
    phase = 0
    for name, size, channels, filters, stride, padding, groups in CONVOLUTIONS:
        phase += 1
        scale = (2 / (size * size * channels)) ** 0.5
        kernel = wave((size, size, channels, filters), phase, scale).permute(3, 2, 0, 1)
        x = F.relu(F.conv2d(x, kernel, wave((filters,), phase + 0.5, 0.1), stride, padding, groups=groups))
        if name in ("conv1", "conv2"):
            # PyTorch divides alpha by the number of channels in the window; the paper does not.
            x = F.local_response_norm(x, size=5, alpha=5e-4, beta=0.75, k=2)
        if name in ("conv1", "conv2", "conv5"):
            x = F.max_pool2d(x, 3, 2)
    x = x.permute(0, 2, 3, 1).flatten(1)  # rows, columns, channels
    outputs = {}
    for name, into, out in LAYERS:
        phase += 1
        x = x @ wave((into, out), phase, (2 / into) ** 0.5) + wave((out,), phase + 0.5, 0.1)
        if name != "fc8":
            x = F.relu(x)
        outputs[name] = x
    return outputs


with torch.no_grad():
    outputs = forward(wave((2, 3, 224, 224), 0, 60))  # so large that response normalisation counts
golden = {
    "script": "scripts/parity/cosmat_alexnet.py",
    "versions": {"python": sys.version.split()[0], "torch": torch.__version__, "numpy": numpy.__version__},
    "classes": CLASSES,
    # The first 32 features of each image.
    "fc7": [[round(v, 7) for v in row[:32].tolist()] for row in outputs["fc7"]],
    "logits": [row.tolist() for row in outputs["fc8"]],
}
path = pathlib.Path(__file__).parents[2] / "packages/cosmat/test/golden/alexnet.json"
path.write_text(json.dumps(golden) + "\n")
print(golden["logits"])
