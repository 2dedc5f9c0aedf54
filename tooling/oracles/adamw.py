"""Five AdamW updates of a small network, and two with clipped gradients, by torch.optim.AdamW.

    python tooling/oracles/adamw.py

writes packages/engine/src/__fixtures__/adamw.json: weights before and after, batches, losses and gradient norms. The network is
Linear(6, 8) - GELU - LayerNorm(8) - Linear(8, 3) under mean cross-entropy; the layer norm and the biases do not decay.
"""

import json

import torch
from common import fixture_path, randomise, seeded_normal, versions

SEED = 11
STEPS = 5
CLIP_NORM = 0.25


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.up = torch.nn.Linear(6, 8)
        self.norm = torch.nn.LayerNorm(8)
        self.down = torch.nn.Linear(8, 3)

    def forward(self, x):
        return self.down(self.norm(torch.nn.functional.gelu(self.up(x))))


def run(clip_norm):
    network = Network()
    randomise(network, SEED)
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    decayed = [value for name, value in network.named_parameters() if value.ndim >= 2]
    others = [value for name, value in network.named_parameters() if value.ndim < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}], lr=0.01
    )
    losses, norms, batches = [], [], []
    for step in range(STEPS):
        x = seeded_normal((4, 6), SEED + step)
        labels = torch.randint(0, 3, (4,), generator=torch.Generator().manual_seed(SEED + step))
        loss = torch.nn.functional.cross_entropy(network(x), labels)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), clip_norm or float("inf"))
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
        batches.append({"x": x.flatten().tolist(), "labels": labels.tolist()})
    return before, network, losses, norms, batches


def tensors(named):
    return {name: {"dims": list(value.shape), "values": value.detach().flatten().tolist()} for name, value in named}


before, plain, losses, norms, batches = run(None)
_, clipped, clipped_losses, clipped_norms, _ = run(CLIP_NORM)
fixture = {
    "generator": "tooling/oracles/adamw.py",
    "versions": versions(),
    "seed": SEED,
    "learningRate": 0.01,
    "weightDecay": 0.05,
    "clipNorm": CLIP_NORM,
    "batches": batches,
    "before": tensors(before.items()),
    "after": tensors(plain.named_parameters()),
    "losses": losses,
    "gradientNorms": norms,
    "afterClipped": tensors(clipped.named_parameters()),
    "lossesClipped": clipped_losses,
}
fixture_path("engine", "adamw.json").write_text(json.dumps(fixture) + "\n")
