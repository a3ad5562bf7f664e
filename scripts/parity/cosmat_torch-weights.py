"""A state dict in PyTorch's format before version 1.6, without PyTorch: the same pickles and storages, byte by byte.

Writes packages/cosmat/test/golden/state-dict.pth: two float32 tensors, a transposed one that shares the layout of
torch.arange(6.).reshape(2, 3).T, and a counter.

    python scripts/parity/cosmat_torch-weights.py
"""

import collections
import io
import pathlib
import pickle
import struct
import sys
import types

import numpy

torch = types.ModuleType("torch")
utils = types.ModuleType("torch._utils")
torch._utils = utils


def _rebuild_tensor_v2(*arguments):
    raise NotImplementedError


class FloatStorage:
    pass


class LongStorage:
    pass


_rebuild_tensor_v2.__module__ = "torch._utils"
for kind in (FloatStorage, LongStorage):
    kind.__module__ = "torch"
    setattr(torch, kind.__name__, kind)
utils._rebuild_tensor_v2 = _rebuild_tensor_v2
sys.modules["torch"] = torch
sys.modules["torch._utils"] = utils


class Storage:
    def __init__(self, key, array):
        self.key, self.array = key, array


class Tensor:
    def __init__(self, storage, shape, strides):
        self.storage, self.shape, self.strides = storage, shape, strides

    def __reduce__(self):
        return _rebuild_tensor_v2, (self.storage, 0, self.shape, self.strides, False, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        kind = FloatStorage if value.array.dtype == numpy.float32 else LongStorage
        return "storage", kind, value.key, "cpu", len(value.array), None


six = numpy.arange(6, dtype=numpy.float32)
storages = [
    Storage("1", six),
    Storage("2", numpy.array([0.5, -0.5], numpy.float32)),
    Storage("3", six.copy()),
    Storage("4", numpy.array([7], numpy.int64)),
]
state = collections.OrderedDict(
    [
        ("layer.weight", Tensor(storages[0], (2, 3), (3, 1))),
        ("layer.bias", Tensor(storages[1], (2,), (1,))),
        ("turned.weight", Tensor(storages[2], (3, 2), (1, 3))),
        ("norm.num_batches_tracked", Tensor(storages[3], (), ())),
    ]
)
out = io.BytesIO()
pickle.dump(0x1950A86A20F9469CFC6C, out, protocol=2)
pickle.dump(1001, out, protocol=2)
pickle.dump({"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}, out, protocol=2)
Pickler(out, protocol=2).dump(state)
pickle.dump([storage.key for storage in storages], out, protocol=2)
for storage in storages:
    out.write(struct.pack("<q", len(storage.array)))
    out.write(storage.array.tobytes())
path = pathlib.Path(__file__).parents[2] / "packages/cosmat/test/golden/state-dict.pth"
path.write_bytes(out.getvalue())
print(path.name, len(out.getvalue()), "python", sys.version.split()[0], "numpy", numpy.__version__)
