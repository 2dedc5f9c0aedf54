"""Oracle of the distillation head, its loss and the five gates (plain torch, double checked by their closed forms).

Regenerate: /path/to/venv/bin/python tooling/oracles/distillation.py
Writes packages/distillation/src/__fixtures__/{head-depth1,head-depth3,gate-*}.safetensors.

head-depthN  tokens [5, 3, 12] -> mean over tokens -> N times (Linear, GELU, Dropout in evaluation) of widths 16, 8, 6 -> Linear to 8
  input.features [5, 3, 12], input.teacherLogits [5, 8], input.labels int64 [5]
  output.logits [5, 8]; output.loss = 0.5 * 2^2 * KL(softmax(teacher / 2) || softmax(student / 2)) (batchmean) + 0.5 * CE, output.divergence and
  output.crossEntropy its two parts before weighting; grad.* of output.loss in every weight
gate-TYPE-C  head logits [6, C] and answers [6, C] (one-hot rows, one of zeros, one of probabilities) to logits, for C = 6 and C = 2
  output.logits [6, C] on raw logits, output.logitsOfSoftmax [6, C] on their softmax; output.loss = CE of the former; grad.* of it
"""

import torch
import torch.nn.functional as F
from torch import nn

from common import fixture_path, prefixed, randomise, save_fixture, seeded_normal

SEED = 20250507
GENERATOR = "tooling/oracles/distillation.py"
FEATURES, TOKENS, ROWS, CLASSES, WIDTHS = 12, 3, 5, 8, (16, 8, 6)
ALPHA, TEMPERATURE = 0.5, 2.0


class Head(nn.Module):
    """Linear, GELU and Dropout per hidden layer, so that linear layers are numbered 0, 3, 6 and so on."""

    def __init__(self, depth: int):
        super().__init__()
        sizes, layers = [FEATURES, *WIDTHS[:depth]], []
        for wide, narrow in zip(sizes, sizes[1:]):
            layers += [nn.Linear(wide, narrow), nn.GELU(), nn.Dropout(0.1)]
        self.distillation_head = nn.ModuleDict({"mlp": nn.Sequential(*layers, nn.Linear(sizes[-1], CLASSES))})

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.distillation_head["mlp"](tokens.mean(dim=1))


class Concat(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.fc = nn.Linear(2 * c, c)

    def forward(self, head, answer):
        return self.fc(torch.cat([head, answer], dim=-1))


class Bilinear(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.bilinear, self.fc = nn.Bilinear(c, c, c), nn.Linear(c, c)

    def forward(self, head, answer):
        return self.fc(self.bilinear(head, answer))


class Mixture(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(2 * c, c) for _ in range(3))
        self.gate = nn.Linear(2 * c, 3)

    def forward(self, head, answer):
        both = torch.cat([head, answer], dim=-1)
        opinions = torch.stack([expert(both) for expert in self.experts], dim=1)  # [batch, experts, classes]
        return torch.einsum("be,bec->bc", self.gate(both).softmax(dim=-1), opinions)


class Dynamic(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.gate, self.fc = nn.Linear(2 * c, 2), nn.Linear(c, c)

    def forward(self, head, answer):
        share = self.gate(torch.cat([head, answer], dim=-1)).softmax(dim=-1)
        return self.fc(share[:, :1] * head + share[:, 1:] * answer)


class Cross(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.gate1, self.gate2, self.fc = nn.Linear(c, c), nn.Linear(c, c), nn.Linear(c, c)

    def forward(self, head, answer):
        return self.fc(self.gate1(answer).sigmoid() * head + self.gate2(head).sigmoid() * answer)


def gradients(module: nn.Module) -> dict:
    return prefixed("grad", {name: parameter.grad for name, parameter in module.named_parameters()})


def head(depth: int) -> None:
    model = Head(depth).eval()
    randomise(model, SEED + depth, gain=1.5)
    features = seeded_normal((ROWS, TOKENS, FEATURES), SEED + 10)
    teacher = seeded_normal((ROWS, CLASSES), SEED + 11, scale=2.0)
    labels = torch.arange(ROWS) * 3 % CLASSES
    logits = model(features)
    divergence = F.kl_div((logits / TEMPERATURE).log_softmax(-1), (teacher / TEMPERATURE).softmax(-1), reduction="batchmean")
    cross_entropy = F.cross_entropy(logits, labels)
    loss = ALPHA * TEMPERATURE**2 * divergence + (1 - ALPHA) * cross_entropy
    loss.backward()
    save_fixture(
        fixture_path("distillation", f"head-depth{depth}.safetensors"),
        {**prefixed("weights", model.state_dict()), **gradients(model), "input.features": features, "input.teacherLogits": teacher,
         "input.labels": labels, "output.logits": logits, "output.loss": loss, "output.divergence": divergence,
         "output.crossEntropy": cross_entropy},
        module="torch.nn", seed=SEED + depth, generator=GENERATOR,
        config={"depth": depth, "widths": WIDTHS, "feature_dim": FEATURES, "classes": CLASSES, "alpha": ALPHA, "temperature": TEMPERATURE},
    )


def gate(name: str, kind: type, classes: int) -> None:
    model = kind(classes)
    randomise(model, SEED + classes, gain=1.3)
    head_logits = seeded_normal((6, classes), SEED + 20, scale=2.0)
    answers = F.one_hot(torch.arange(6) % classes, classes).float()
    answers[4] = 0.0  # no class could be read
    answers[5] = seeded_normal((classes,), SEED + 21).softmax(dim=-1)
    labels = (torch.arange(6) + 1) % classes
    logits = model(head_logits, answers)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    save_fixture(
        fixture_path("distillation", f"gate-{name}-{classes}.safetensors"),
        {**prefixed("weights", model.state_dict()), **gradients(model), "input.headLogits": head_logits, "input.answer": answers,
         "input.labels": labels, "output.logits": logits, "output.logitsOfSoftmax": model(head_logits.softmax(-1), answers),
         "output.loss": loss},
        module="torch.nn", seed=SEED + classes, generator=GENERATOR, config={"type": name, "classes": classes},
    )


if __name__ == "__main__":
    for depth in (1, 3):
        head(depth)
    for name, kind in {"concat": Concat, "bilinear": Bilinear, "mixture": Mixture, "dynamic": Dynamic, "cross": Cross}.items():
        for classes in (6, 2):
            gate(name, kind, classes)
