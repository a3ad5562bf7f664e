"""Reference values for @wayweave/trajcross: the losses of both architectures and their gradients, by PyTorch.

Usage: python scripts/parity/trajcross_torch.py > packages/trajcross/test/golden/torch.json

Weights and inputs are sine waves that the test makes again, so only what comes out is written: the loss and its terms, the embeddings, and of
each parameter's gradient its norm and a few entries. Weights have tfjs's layouts: filters [height, width, in, out], matrices [in, out].
"""

import json
import math
import platform
import sys

import numpy as np
import torch
from torch.nn import functional as F

torch.set_num_threads(1)
BATCH, SIZE, POINTS, EMBEDDING, SCALE = 4, 16, 6, 16, 250.0


def wave(shape, phase, scale):
    i = np.arange(int(np.prod(shape)) if shape else 1, dtype=np.float64) % 4001
    return torch.tensor((scale * np.sin(0.7 * i * i + phase)).reshape(shape), dtype=torch.float32)


def parameters(shapes):
    """In the order of their names, each with a phase of its own."""
    params = {}
    for phase, name in enumerate(sorted(shapes)):
        shape = shapes[name]
        scale = 0.05 if len(shape) == 1 else math.sqrt(2 / np.prod(shape[:-1])) if shape else 0
        params[name] = wave(shape, phase, scale) if shape else torch.tensor(math.log(1 / 0.07))
        params[name].requires_grad_(True)
    return params


def inputs():
    corners = [[-200 + 37 * i, -150 + 11 * i, -200 + 37 * i + 300 + 5 * i, -150 + 11 * i + 280 - 7 * i] for i in range(BATCH)]
    return {
        "points": wave([BATCH, POINTS, 2], 100, 200),
        "line": wave([BATCH, POINTS, 2], 101, 200),
        "shapes": (wave([BATCH, SIZE, SIZE, 1], 102, 1) + 1) * 127.5,
        "pixels": (wave([BATCH, SIZE, SIZE, 1], 103, 1) + 1) * 127.5,
        "extents": torch.tensor(corners, dtype=torch.float32),
    }


def dense(p, name, x):
    return x @ p[f"{name}/weight"] + p[f"{name}/bias"]


def convolve(p, name, x, stride, padding):
    """[batch, height, width, channels], padded as TensorFlow does: the odd one below and on the right."""
    weight = p[f"{name}/weight"].permute(3, 2, 0, 1)
    x = x.permute(0, 3, 1, 2)
    if padding == "same":
        pads = []
        for extent, kernel in ((x.shape[3], weight.shape[3]), (x.shape[2], weight.shape[2])):
            total = max((math.ceil(extent / stride) - 1) * stride + kernel - extent, 0)
            pads += [total // 2, total - total // 2]
        x = F.pad(x, pads)
    return (F.conv2d(x, weight, stride=stride)).permute(0, 2, 3, 1) + p[f"{name}/bias"]


def standardize(x):
    centered = x - x.mean(-1, keepdim=True)
    return centered / (centered.square().mean(-1, keepdim=True) + 1e-5).sqrt()


def unit_length(x):
    return x / (x.square().sum(1, keepdim=True) + 1e-12).sqrt()


def flatten(x):
    return x.reshape(x.shape[0], -1)


def shape_cnn(p, name, x):
    for layer in (1, 2, 3):
        x = convolve(p, f"{name}/convolution{layer}", x, 2, "same").relu()
    return standardize(dense(p, f"{name}/out", flatten(x)))


def paper_embeddings(p, batch):
    points = batch["points"] / SCALE
    embedded = dense(p, "trajectory/point", points).unsqueeze(3)
    pooled = [
        convolve(p, f"trajectory/convolution{h}", embedded, 1, "valid").relu().amax((1, 2)) for h in (2, 3, 4, 5)
    ]
    hidden = dense(p, "trajectory/hidden", torch.cat(pooled, 1)).relu()
    position = standardize(dense(p, "trajectory/position", hidden))
    trajectory = torch.cat([position, shape_cnn(p, "trajectory/shape", batch["shapes"] / 255)], 1)
    pixels, corners = batch["pixels"] / 255, batch["extents"] / SCALE
    rows = convolve(p, "image/wcnn", pixels, 1, "valid").relu()
    relative = standardize(dense(p, "image/relative", flatten(rows))).relu()
    location = dense(p, "image/location", corners).relu()
    absolute = dense(p, "image/fused", torch.cat([relative, location], 1)).relu()
    image = torch.cat([standardize(dense(p, "image/position", absolute)), shape_cnn(p, "image/shape", pixels)], 1)
    return unit_length(trajectory), unit_length(image), None


def embed_line(p, points):
    def embed(ordered):
        flat = flatten(ordered)
        waves = [flat * (math.pi * f) for f in (0.5, 1, 2, 4)]
        features = torch.cat([flat, *[w.sin() for w in waves], *[w.cos() for w in waves]], 1)
        hidden = dense(p, "line/hidden1", features).relu()
        return dense(p, "line/out", dense(p, "line/hidden2", hidden).relu())

    return embed(points) + embed(points.flip(1))


def keypoint_embeddings(p, batch):
    x = convolve(p, "image/convolution1", batch["pixels"] / 255, 2, "same").relu()
    x = convolve(p, "image/convolution2", x, 2, "same").relu()
    x = convolve(p, "image/convolution3", x, 1, "same").relu()
    context = convolve(p, "image/context1", x, 2, "same").relu()
    context = convolve(p, "image/context2", context, 2, "same").relu()
    x = x + dense(p, "image/context", flatten(context))[:, None, None, :]
    x = x + convolve(p, "image/convolution4", x, 1, "same").relu()
    side = SIZE // 4
    maps = convolve(p, "image/heat", x, 1, "same").reshape(BATCH, side * side, POINTS).transpose(1, 2)
    cell = torch.arange(side * side)
    centers = torch.stack([(cell % side + 0.5) / side, 1 - ((cell // side) + 0.5) / side], 1)
    traced = maps.softmax(2) @ centers
    corners = (batch["extents"] / SCALE).reshape(BATCH, 2, 2)
    low, high = corners[:, :1], corners[:, 1:]
    placed = low + traced * (high - low)
    return unit_length(embed_line(p, batch["points"] / SCALE)), unit_length(embed_line(p, placed)), traced


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(_, x):
        return x.clone()

    @staticmethod
    def backward(_, gradient):
        return -gradient


def info_nce(p, trajectories, images):
    logits = trajectories @ images.T * p["logInverseTemperature"].exp().clamp(max=100)
    target = torch.arange(BATCH)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def modality_loss(p, embeddings):
    hidden = dense(p, "modality/hidden", embeddings).relu()
    images, trajectories = dense(p, "modality/out", hidden).chunk(2)
    return (F.softplus(images).mean() + F.softplus(-trajectories).mean()) / 2


def trace_loss(traced, batch):
    corners = batch["extents"].reshape(BATCH, 2, 2)
    points = (batch["line"] - corners[:, :1]) / (corners[:, 1:] - corners[:, :1])
    distance = lambda target: ((traced - target).square().sum(2) + 1e-6).sqrt().mean(1)
    return torch.minimum(distance(points), distance(points.flip(1))).mean()


def dense_shapes(name, inputs, outputs):
    return {f"{name}/weight": [inputs, outputs], f"{name}/bias": [outputs]}


def convolution_shapes(name, height, width, inputs, outputs):
    return {f"{name}/weight": [height, width, inputs, outputs], f"{name}/bias": [outputs]}


def cnn_shapes(name, out):
    return {
        **convolution_shapes(f"{name}/convolution1", 3, 3, 1, 16),
        **convolution_shapes(f"{name}/convolution2", 3, 3, 16, 32),
        **convolution_shapes(f"{name}/convolution3", 3, 3, 32, 64),
        **dense_shapes(f"{name}/out", (SIZE // 8) ** 2 * 64, out),
    }


def paper_shapes():
    half = EMBEDDING // 2
    shapes = {"logInverseTemperature": []}
    for height in (2, 3, 4, 5):
        shapes |= convolution_shapes(f"trajectory/convolution{height}", height, 32, 1, 64)
    for name, i, o in [
        ("trajectory/point", 2, 32),
        ("trajectory/hidden", 256, 512),
        ("trajectory/position", 512, half),
        ("image/relative", (SIZE - 2) * 64, 512),
        ("image/position", 512, half),
        ("image/location", 4, 64),
        ("image/fused", 576, 512),
        ("modality/hidden", EMBEDDING, 64),
        ("modality/out", 64, 1),
    ]:
        shapes |= dense_shapes(name, i, o)
    shapes |= convolution_shapes("image/wcnn", 3, SIZE, 1, 64)
    return shapes | cnn_shapes("image/shape", half) | cnn_shapes("trajectory/shape", half)


def keypoint_shapes():
    shapes = {"logInverseTemperature": []}
    for name, kernel, i, o in [
        ("convolution1", 5, 1, 24),
        ("convolution2", 3, 24, 48),
        ("convolution3", 3, 48, 64),
        ("context1", 3, 64, 64),
        ("context2", 3, 64, 64),
        ("convolution4", 3, 64, 64),
        ("heat", 1, 64, POINTS),
    ]:
        shapes |= convolution_shapes(f"image/{name}", kernel, kernel, i, o)
    shapes |= dense_shapes("image/context", (SIZE // 16) ** 2 * 64, 64)
    shapes |= dense_shapes("line/hidden1", POINTS * 18, 512) | dense_shapes("line/hidden2", 512, 512)
    return shapes | dense_shapes("line/out", 512, EMBEDDING)


def sampled(gradient):
    flat = gradient.flatten()
    stride = max(1, flat.numel() // 5)
    return {"norm": flat.norm().item(), "entries": flat[::stride][:5].tolist()}


def values(shapes, embeddings_of, terms_of):
    p, batch = parameters(shapes), inputs()
    trajectories, images, traced = embeddings_of(p, batch)
    contrastive = info_nce(p, trajectories, images)
    name, weight, part = terms_of(p, batch, trajectories, images, traced)
    loss = contrastive + weight * part
    loss.backward()
    return {
        "loss": loss.item(),
        "contrastive": contrastive.item(),
        name: part.item(),
        "trajectories": trajectories.flatten().tolist(),
        "images": images.flatten().tolist(),
        "gradients": {key: sampled(value.grad) for key, value in sorted(p.items())},
    }


def main():
    adversarial = lambda p, _, t, i, __: ("modality", 0.1, modality_loss(p, Reverse.apply(torch.cat([i, t]))))
    traced = lambda _, batch, __, ___, found: ("trace", 20, trace_loss(found, batch))
    golden = {
        "script": "scripts/parity/trajcross_torch.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "paper": values(paper_shapes(), paper_embeddings, adversarial),
        "keypoints": values(keypoint_shapes(), keypoint_embeddings, traced),
    }
    rounded = json.loads(json.dumps(golden), parse_float=lambda text: float(f"{float(text):.7g}"))
    json.dump(rounded, sys.stdout)
    print()


main()
