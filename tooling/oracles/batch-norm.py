"""Batch normalisation of a small map by torch.nn.BatchNorm2d: training form with its gradients, and evaluation form.

    python tooling/oracles/batch-norm.py

writes packages/engine/src/__fixtures__/batch-norm.json. The loss is the sum of the output times fixed factors.
"""

import json

import torch
from common import fixture_path, seeded_normal, versions

SEED = 5
SHAPE = (4, 3, 2, 5)


def main():
    norm = torch.nn.BatchNorm2d(SHAPE[1], eps=1e-5)
    values = {"x": seeded_normal(SHAPE, SEED) * 2 + 1, "factors": seeded_normal(SHAPE, SEED + 1)}
    with torch.no_grad():
        norm.weight.copy_(seeded_normal((SHAPE[1],), SEED + 2))
        norm.bias.copy_(seeded_normal((SHAPE[1],), SEED + 3))
        norm.running_mean.copy_(seeded_normal((SHAPE[1],), SEED + 4))
        norm.running_var.copy_(seeded_normal((SHAPE[1],), SEED + 5).exp())
    values |= {name: value.clone() for name, value in norm.state_dict().items() if name != "num_batches_tracked"}
    norm.eval()
    values["evaluated"] = norm(values["x"])
    norm.train()
    x = values["x"].clone().requires_grad_()
    values["trained"] = norm(x)
    (values["trained"] * values["factors"]).sum().backward()
    values |= {"gradient.x": x.grad, "gradient.weight": norm.weight.grad, "gradient.bias": norm.bias.grad}
    tensors = {name: {"dims": list(value.shape), "data": value.detach().flatten().tolist()} for name, value in values.items()}
    path = fixture_path("engine", "batch-norm.json")
    path.write_text(json.dumps({"generator": "tooling/oracles/batch-norm.py", "seed": SEED, **versions(), "tensors": tensors}) + "\n")


if __name__ == "__main__":
    main()
