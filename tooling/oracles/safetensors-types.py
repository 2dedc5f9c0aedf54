"""Fixture for the safetensors reader: every element type, written by the official Python library.

(Not named safetensors.py: the other scripts of this folder would import it instead of the library.)
Values travel twice: as stored, and (for F16 and BF16) as the exact float32 that PyTorch widens them to. `rounding.source`
and `rounding.float16` are float32 values around every kind of float16 rounding case and what PyTorch rounds them to.
`int8.file` and `plain.file` are complete files inside U8 tensors: int8 row storage built here from its definition, and
types that are read without conversion, so that reading and writing must give the same bytes again. All metadata is one
JSON text, because the library writes several entries in random order.
"""

import json
import platform
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save, save_file

SEED = 20260
MAX_FIXTURE_BYTES = 20_000
TARGET = Path(__file__).resolve().parents[2] / "packages" / "engine" / "src" / "weights" / "__fixtures__" / "all-types.safetensors"

generator = torch.Generator().manual_seed(SEED)


def normal(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def integers(low: int, high: int, shape: tuple, dtype: torch.dtype) -> torch.Tensor:
    edges = torch.tensor([low, high - 1, 0], dtype=dtype)
    middle = torch.randint(low, high, shape, generator=generator, dtype=torch.int64).to(dtype).flatten()
    middle[:3] = edges
    return middle.reshape(shape)


def half_bits(*bits: int) -> torch.Tensor:
    return torch.tensor(bits, dtype=torch.int32).to(torch.int16)


# Zeros, smallest and largest subnormal, smallest normal, one, its neighbour, largest finite; both signs.
float16_edges = half_bits(0x0000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x3C01, 0x7BFF).view(torch.float16)
bfloat16_edges = half_bits(0x0000, 0x0001, 0x007F, 0x0080, 0x3F80, 0x3F81, 0x7F7F).view(torch.bfloat16)


def with_edges(edges: torch.Tensor, count: int) -> torch.Tensor:
    return torch.cat([edges, -edges, normal(count, dtype=edges.dtype)])


# float32 values at, just below and just above the middle between neighbouring float16 numbers, over the whole range.
lower = torch.cat([torch.arange(0, 40), torch.arange(1000, 1040), torch.randint(0, 0x7BFF, (240,), generator=generator)])
low = lower.to(torch.int16).view(torch.float16).to(torch.float32)
high = (lower + 1).to(torch.int16).view(torch.float16).to(torch.float32)
middle = (low + high) / 2
rounding = torch.cat(
    [
        middle,
        torch.nextafter(middle, torch.tensor(0.0)),
        torch.nextafter(middle, torch.tensor(float("inf"))),
        torch.tensor([65504.0, 65519.996, 65520.0, 65536.0, 1e30, 1e-30, 2.0**-25, 2.0**-149]),
    ]
)
rounding = torch.cat([rounding, -rounding])

# int8 rows: code = round half away from zero (value / scale), scale = largest magnitude of the row / 127; a row of zeros has scale 0.
codes = integers(-127, 128, (4, 2, 9), torch.int8)
codes[2] = 0
scales = (normal(4).abs() / 127).to(torch.float32)
scales[2] = 0
restored = codes.to(torch.float32) * scales.reshape(4, 1, 1)
int8_file = save({"layer.weight": codes, "layer.weight.scale": scales}, {"nano-emox.int8": "layer.weight"})

plain = {
    "f64": normal(3, 4, dtype=torch.float64),
    "f32": normal(2, 3, 5),
    "i64": integers(-(2**62), 2**62, (3, 3), torch.int64),
    "i32": integers(-(2**31), 2**31, (5,), torch.int32),
    "i8": integers(-128, 128, (11,), torch.int8),
    "u8": integers(0, 256, (13,), torch.uint8),
    "bool": torch.tensor([True, False, True, True, False]),
    "scalar": torch.tensor(-1.5),
    "empty": torch.zeros(0, 4),
    'naïve.ключ "quoted" 😀': torch.tensor([1.0]),
}
float16 = with_edges(float16_edges, 26)
bfloat16 = with_edges(bfloat16_edges, 26)
tensors = {
    **plain,
    "f16": float16,
    "f16.float32": float16.to(torch.float32),
    "bf16": bfloat16,
    "bf16.float32": bfloat16.to(torch.float32),
    "i16": integers(-(2**15), 2**15, (7,), torch.int16),
    "rounding.source": rounding,
    "rounding.float16": rounding.to(torch.float16).view(torch.int16),
    "int8.file": torch.frombuffer(bytearray(int8_file), dtype=torch.uint8),
    "int8.restored": restored,
    "plain.file": torch.frombuffer(bytearray(save(plain, {"note": "as is"})), dtype=torch.uint8),
}
about = {
    "generator": "tooling/oracles/safetensors-types.py",
    "versions": {"python": platform.python_version(), "torch": torch.__version__, "safetensors": safetensors.__version__},
    "seed": SEED,
    # As text: a 64-bit integer does not survive a JSON reader with double precision.
    "values": {
        name: [repr(value) for value in tensors[name].flatten().tolist()]
        for name in ("f64", "f32", "i64", "i32", "i16", "i8", "u8", "bool", "scalar", "empty")
    },
}
metadata = {"about": json.dumps(about, sort_keys=True)}
TARGET.parent.mkdir(parents=True, exist_ok=True)
save_file(tensors, str(TARGET), metadata=metadata)
TARGET.chmod(0o644)
assert TARGET.stat().st_size < MAX_FIXTURE_BYTES, TARGET.stat().st_size
print(f"{TARGET.name}  {TARGET.stat().st_size} bytes  {len(tensors)} tensors")
