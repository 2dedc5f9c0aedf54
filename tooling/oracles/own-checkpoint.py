"""Oracle of examples/own-checkpoint: a vision transformer in the layout of the first CLIP release, tiny and random.

Regenerate: .cache/oracles/bin/python tooling/oracles/own-checkpoint.py
Writes examples/own-checkpoint/vision.pt (torch.save of {"state_dict": ..., "epoch": 3}; names such as
`visual.transformer.resblocks.0.attn.in_proj_weight`, queries, keys and values in one matrix) and features.json: the class token after the
last block for one frame, whose uint8 values count up from 0 to 255 again and again.
"""

import json
from collections import OrderedDict

import torch
from torch import nn

from common import ROOT, randomise, versions

SEED = 20240811
IMAGE, PATCH, HIDDEN, HEADS, LAYERS = 32, 8, 16, 4, 2
MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]
FOLDER = ROOT / "examples" / "own-checkpoint"


class QuickGelu(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(HIDDEN, HEADS, batch_first=True)
        self.ln_1, self.ln_2 = nn.LayerNorm(HIDDEN), nn.LayerNorm(HIDDEN)
        layers = [("c_fc", nn.Linear(HIDDEN, 4 * HIDDEN)), ("gelu", QuickGelu()), ("c_proj", nn.Linear(4 * HIDDEN, HIDDEN))]
        self.mlp = nn.Sequential(OrderedDict(layers))

    def forward(self, x):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))


class Vision(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, HIDDEN, PATCH, PATCH, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(HIDDEN))
        self.positional_embedding = nn.Parameter(torch.zeros((IMAGE // PATCH) ** 2 + 1, HIDDEN))
        self.ln_pre, self.ln_post = nn.LayerNorm(HIDDEN), nn.LayerNorm(HIDDEN)
        self.transformer = nn.Module()
        self.transformer.resblocks = nn.Sequential(*[Block() for _ in range(LAYERS)])
        self.proj = nn.Parameter(torch.zeros(HIDDEN, 8))

    def class_token(self, pixels):
        patches = self.conv1(pixels).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_embedding.expand(len(pixels), 1, HIDDEN), patches], 1) + self.positional_embedding
        return self.transformer.resblocks(self.ln_pre(tokens))[:, 0]


def main() -> None:
    vision = Vision().eval()
    randomise(vision, SEED)
    frame = (torch.arange(3 * IMAGE * IMAGE) % 256).reshape(1, 3, IMAGE, IMAGE).float() / 255
    pixels = (frame - torch.tensor(MEAN).reshape(3, 1, 1)) / torch.tensor(STD).reshape(3, 1, 1)
    with torch.no_grad():
        features = vision.class_token(pixels)[0].tolist()
    state = {f"visual.{name}": value.contiguous() for name, value in vision.state_dict().items()}
    state["logit_scale"] = torch.tensor(4.6)
    torch.save({"state_dict": state, "epoch": 3}, FOLDER / "vision.pt")
    facts = {"generator": "tooling/oracles/own-checkpoint.py", "versions": versions(), "seed": SEED, "features": features}
    (FOLDER / "features.json").write_text(json.dumps(facts, indent=2) + "\n")


main()
