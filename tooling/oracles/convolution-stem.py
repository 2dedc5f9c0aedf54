"""Oracle of the face encoder's convolution stem, by torch.nn.Conv2d and torch.nn.BatchNorm2d in evaluation and in training form.

Regenerate: python3 tooling/oracles/convolution-stem.py
Writes packages/face-encoder/src/__fixtures__/convolution-stem.safetensors.

  weights.*           levels 0 … 2 of a stem of 8 channels: `<level>.<down|refine.<layer>>.<conv|norm>.*`
  input.images        float32 [3, 3, 16, 24]
  output.map          [3, 8, 2, 3], measured statistics
  output.trained      [3, 8, 2, 3], statistics of the batch
"""

import torch
from torch import nn
from torch.nn import functional

from common import fixture_path, prefixed, randomise, save_fixture, seeded_normal

SEED, DEPTHS, CHANNELS = 31, (1, 2, 0), 8


def normed_convolution(inputs: int, outputs: int, stride: int) -> nn.ModuleDict:
    return nn.ModuleDict({
        "conv": nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        "norm": nn.BatchNorm2d(outputs, eps=1e-5),
    })


def run(part: nn.ModuleDict, x: torch.Tensor) -> torch.Tensor:
    return functional.relu(part["norm"](part["conv"](x)))


class Stem(nn.ModuleList):
    def __init__(self):
        levels, inputs = [], 3
        for level, depth in enumerate(DEPTHS):
            outputs = CHANNELS // 2 ** (len(DEPTHS) - 1 - level)
            down = normed_convolution(inputs, outputs, 2)
            refine = nn.ModuleList(normed_convolution(outputs, outputs, 1) for _ in range(depth))
            levels.append(nn.ModuleDict({"down": down, "refine": refine}))
            inputs = outputs
        super().__init__(levels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for level in self:
            x = run(level["down"], x)
            for layer in level["refine"]:
                x = x + run(layer, x)
        return x


@torch.no_grad()
def main() -> None:
    stem = Stem()
    randomise(stem, SEED)
    for index, module in enumerate(part for part in stem.modules() if isinstance(part, nn.BatchNorm2d)):
        module.running_mean.copy_(seeded_normal(module.running_mean.shape, SEED + 10 + index, 0.3))
        module.running_var.copy_(seeded_normal(module.running_var.shape, SEED + 20 + index, 0.3).exp())
    weights = {name: value.clone() for name, value in stem.state_dict().items() if not name.endswith("num_batches_tracked")}
    images = seeded_normal((3, 3, 16, 24), SEED + 1)
    tensors = {"input.images": images, "output.map": stem.eval()(images), "output.trained": stem.train()(images)}
    save_fixture(fixture_path("face-encoder", "convolution-stem.safetensors"), {**prefixed("weights", weights), **tensors},
                 module="convolution stem", config={"depths": DEPTHS, "embedDim": CHANNELS}, seed=SEED,
                 generator="torch.nn.Conv2d, torch.nn.BatchNorm2d")


if __name__ == "__main__":
    main()
