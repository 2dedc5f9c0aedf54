"""Shared parts of the oracle scripts: seeded weights that hide nothing, and the fixture file format.

A fixture is one safetensors file with tensors `weights.<upstream name>`, `input.<name>`, `output.<name>` and, where
gradients are recorded, `grad.<upstream name>`. Everything is float32 except ids (int64) and images (uint8). The header
metadata (strings) states `module`, `config` (JSON), `generator`, `versions` (JSON), `seed` and `command`.
"""

import json
import math
import os
import platform
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")

import torch  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MAX_FIXTURE_BYTES = 600_000

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def fixture_path(component: str, name: str) -> Path:
    folder = ROOT / "packages" / component / "src" / "__fixtures__"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def versions(*modules) -> dict:
    found = {"python": platform.python_version(), "torch": torch.__version__}
    for module in modules:
        found[module.__name__] = module.__version__
    return found


@torch.no_grad()
def randomise(module: torch.nn.Module, seed: int, gain: float = 1.0) -> None:
    """Redraws every parameter, in name order, so that no part of a layer can be skipped unnoticed.

    Matrices and convolutions get N(0, gain^2 / fanIn), which keeps activations (and softmax and GELU arguments) of order
    one; embeddings and free parameters N(0, 0.5^2); norm scales 1 + N(0, 0.3^2); biases N(0, 0.2^2).
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(like: torch.Tensor) -> torch.Tensor:
        return torch.randn(like.shape, generator=generator)

    owners = dict(module.named_modules())
    for name, parameter in sorted(module.named_parameters(), key=lambda item: item[0]):
        owner = owners[name.rpartition(".")[0]]
        leaf = name.rpartition(".")[2]
        kind = type(owner).__name__
        if "norm" in kind.lower() and leaf == "weight":
            value = 1.0 + 0.3 * normal(parameter)
        elif leaf.endswith("bias"):
            value = 0.2 * normal(parameter)
        elif kind == "Embedding" or parameter.ndim == 1:
            value = 0.5 * normal(parameter)
        elif leaf == "original0" or leaf == "weight_g":  # magnitude of a weight-normalised convolution
            value = 1.0 + normal(parameter).abs()
        elif parameter.ndim == 2 and kind in ("Linear", "MultiheadAttention", "NonDynamicallyQuantizableLinear"):
            value = gain / math.sqrt(parameter.shape[1]) * normal(parameter)
        elif parameter.ndim >= 3 and ("Conv" in kind or leaf in ("original1", "weight_v")):
            value = gain / math.sqrt(parameter[0].numel()) * normal(parameter)
        else:
            value = 0.5 * normal(parameter)
        parameter.copy_(value)


def seeded_normal(shape, seed: int, scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def random_frame(height: int, width: int, seed: int) -> torch.Tensor:
    """Noise over slow waves, so that windows differ from each other and from their own neighbours."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand((1, 3, height, width), generator=generator)
    y = torch.arange(height)[:, None] / height
    x = torch.arange(width)[None, :] / width
    waves = torch.stack([torch.sin(7 * x + 3 * y), torch.cos(5 * y - 2 * x), torch.sin(11 * x * y)])[None]
    return (127.5 + 80 * waves + 90 * (noise - 0.5)).clamp(0, 255).round().to(torch.uint8)


@torch.no_grad()
def greedy(model, prompt: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` tokens of cached generation, checked against full recomputation of every step, and the lead of each over the next best."""
    generated = model.generate(input_ids=prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=count,
                               do_sample=False, eos_token_id=None, pad_token_id=0)
    sequence, margins = prompt, []
    for _ in range(count):
        best = model(input_ids=sequence, use_cache=False).logits[0, -1].topk(2)
        margins.append(best.values[0] - best.values[1])
        sequence = torch.cat([sequence, best.indices[:1][None]], dim=1)
    assert torch.equal(generated, sequence), "cached and uncached generation differ"
    return generated[0, prompt.shape[1]:], torch.stack(margins)


def prefixed(prefix: str, tensors) -> dict:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


DTYPES = {torch.float32: "F32", torch.int64: "I64", torch.uint8: "U8"}


def write_safetensors(path: Path, tensors: dict, metadata: dict) -> None:
    """Writes the format directly: Debian's torch, which some oracles run on, comes without the safetensors package.

    Layout: u64 little-endian header length, JSON header padded with spaces to 8 bytes, data. Widest types first, so that
    every tensor is aligned to its own type.
    """
    header, chunks, offset = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors, key=lambda key: (-tensors[key].element_size(), key)):
        tensor = tensors[name]
        data = tensor.numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    path.write_bytes(len(encoded).to_bytes(8, "little") + encoded + b"".join(chunks))


def save_fixture(path: Path, tensors: dict, *, module: str, config: dict, seed: int, generator: str, used=(), note="") -> None:
    clean = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach()
        if tensor.is_floating_point():
            tensor = tensor.to(torch.float32)
            if not torch.isfinite(tensor).all():
                raise ValueError(f"{path.name}: {name} is not finite")
            if name.startswith(("output.", "grad.")) and tensor.numel() > 1 and float(tensor.std()) < 1e-7:
                raise ValueError(f"{path.name}: {name} is degenerate (std {float(tensor.std()):.1e})")
        clean[name] = tensor.clone().contiguous()
    metadata = {
        "module": module,
        "config": json.dumps(config, sort_keys=True),
        "generator": generator,
        "versions": json.dumps(versions(*used), sort_keys=True),
        "seed": str(seed),
        "command": f"python tooling/oracles/{Path(sys.argv[0]).name}",
    }
    if note:
        metadata["note"] = note
    write_safetensors(path, clean, metadata)
    size_bytes = path.stat().st_size
    if size_bytes > MAX_FIXTURE_BYTES:
        raise ValueError(f"{path.name}: {size_bytes} bytes exceed {MAX_FIXTURE_BYTES}")
    print(f"{path.relative_to(ROOT)}  {size_bytes} bytes")
    for name, tensor in clean.items():
        if not name.startswith(("weights.", "grad.")):
            values = tensor.float()
            print(f"  {name} {list(tensor.shape)} mean {values.mean():+.4f} std {values.std() if values.numel() > 1 else 0:.4f}")
