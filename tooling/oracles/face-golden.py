"""Which residual branches the golden run of the published facial encoder kept.

Usage: python3 tooling/oracles/face-golden.py shared-data/golden/facial-encoder.safetensors      (Debian's torch and torchvision)
Writes packages/face-encoder/src/__fixtures__/golden-branches.json.

The published backbone refuses to leave training mode, so its stochastic depth was active when the golden file was made, while the
projection did follow `eval()` and dropped nothing. The whole run is a function of seed 1, and this script replays it:

  1. build the encoder (parameters get their default values),
  2. redraw, in the order of `named_parameters()`: matrices 0.08 N(0, 1), vectors moved by 0.05 N(0, 1),
  3. frames: uniform in [0, 255), truncated to uint8,
  4. four passes through the backbone; `output.features` is of the third, `output.tokens` of the fourth.

Weights and frames have to equal the file bit for bit, outputs to 1e-4; otherwise nothing is written. The file then says for both
passes, per frame, which of the branches ran: attention and perceptron of blocks 0 ... 7, 1 = kept.
"""

import json
import sys
from pathlib import Path

import torch
import torchvision
from torch import nn
from torch.nn import functional
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.ops import StochasticDepth

from common import fixture_path, versions

SEED = 1
EMBED, DEPTHS, HEADS, WINDOW, HEAD_WIDTH, QUERIES, LM_DIM = 16, [2, 2, 2, 2], [1, 2, 4, 8], [7, 7], 256, 4, 32
FRAMES, IMAGE_SIZE = 3, 224
PASSES = {"features": 2, "tokens": 3}  # which of the four passes an output is from
TOLERANCE = 1e-4
TYPES = {"F32": torch.float32, "I64": torch.int64, "U8": torch.uint8}


def read_safetensors(path: Path) -> dict:
    content = path.read_bytes()
    header_bytes = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + header_bytes])
    header.pop("__metadata__", None)
    data = memoryview(bytearray(content[8 + header_bytes:]))
    return {name: torch.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], dtype=TYPES[entry["dtype"]])
            .reshape(entry["shape"]).clone() for name, entry in header.items()}


class Backbone(nn.Module):
    """Frames to one vector per frame; the parts are created in the published order, which decides what the seed gives them."""

    def __init__(self) -> None:
        super().__init__()
        swin = SwinTransformer(patch_size=[4, 4], embed_dim=EMBED, depths=DEPTHS, num_heads=HEADS, window_size=WINDOW,
                               stochastic_depth_prob=0.5)
        self.backbone = nn.Sequential(swin.features, swin.norm)
        self.linear_c = nn.ModuleList(nn.ModuleDict({"proj": nn.Linear(EMBED * 2**stage, HEAD_WIDTH)}) for stage in range(4))
        self.linear_fuse = nn.Conv2d(4 * HEAD_WIDTH, HEAD_WIDTH, 1, bias=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        maps, current = [], frames.flatten(0, 1)
        for index, part in enumerate(self.backbone[0]):
            current = part(current)
            if index % 2 == 1:  # stages; patch embedding and merging lie between
                maps.append(self.linear_c[index // 2]["proj"](current).permute(0, 3, 1, 2))
        size = maps[0].shape[2:]
        upsampled = [functional.interpolate(m, size=size, mode="bilinear", align_corners=False) for m in reversed(maps)]
        return self.linear_fuse(torch.cat(upsampled, dim=1)).mean(dim=(2, 3)).unflatten(0, frames.shape[:2])


class FaceEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.facexformer = Backbone()
        self.query = nn.Parameter(torch.randn(QUERIES, HEAD_WIDTH))
        self.attn = nn.MultiheadAttention(HEAD_WIDTH, 4, batch_first=True)
        self.lynorm = nn.LayerNorm(HEAD_WIDTH)
        self.face_proj = nn.Sequential(nn.Linear(HEAD_WIDTH, 768), nn.GELU(), nn.Dropout(0.1), nn.Linear(768, LM_DIM))

    def tokens(self, features: torch.Tensor) -> torch.Tensor:
        query = self.query.expand(len(features), -1, -1)
        return self.face_proj(self.attn(query, features, features)[0])


def redraw(module: nn.Module) -> None:
    for parameter in module.parameters():
        drawn = torch.randn(parameter.shape)
        parameter.copy_(0.08 * drawn if parameter.ndim > 1 else parameter + 0.05 * drawn)


def replay() -> tuple:
    """All weights, the frames, and what every pass kept and gave."""
    torch.manual_seed(SEED)
    encoder = FaceEncoder()
    redraw(encoder)
    frames = (255 * torch.rand(1, FRAMES, 3, IMAGE_SIZE, IMAGE_SIZE)).to(torch.uint8)
    encoder.eval()
    encoder.facexformer.train()

    branches = []  # of the current pass: one vector over the frames per branch
    for part in encoder.modules():
        if isinstance(part, StochasticDepth):
            part.register_forward_hook(lambda _m, _i, out: branches.append(out.flatten(1).any(1)))

    passes = []
    for _ in range(1 + max(PASSES.values())):
        branches.clear()
        features = encoder.facexformer(frames.float())
        passes.append({"features": features, "tokens": encoder.tokens(features), "kept": torch.stack(branches, dim=1)})
    return encoder.state_dict(), frames, passes


@torch.no_grad()
def main(golden_path: Path) -> None:
    golden = read_safetensors(golden_path)
    weights, frames, passes = replay()
    for name, tensor in {**{f"weights.{name}": tensor for name, tensor in weights.items()}, "input.frames": frames}.items():
        if not torch.equal(tensor, golden[name]):
            raise SystemExit(f"{name} differs from the golden file: other library versions draw other numbers")
    for name, index in PASSES.items():
        difference = float((passes[index][name] - golden[f"output.{name}"]).abs().max())
        print(f"  {name}: pass {index + 1}, difference to the golden file {difference:.1e}")
        if not difference < TOLERANCE:
            raise SystemExit(f"{name}: expected at most {TOLERANCE}")

    fixture = {
        "generator": "tooling/oracles/face-golden.py", "versions": versions(torchvision), "seed": SEED,
        "axes": ["frame", "branch: attention and perceptron of blocks 0 ... 7"],
        **{name: passes[index]["kept"].int().tolist() for name, index in PASSES.items()},
    }
    path = fixture_path("face-encoder", "golden-branches.json")
    rows = json.dumps(fixture, indent=2).replace("\n      ", " ").replace("\n    ]", " ]")
    path.write_text(rows + "\n")
    print(f"  written: {path.name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
