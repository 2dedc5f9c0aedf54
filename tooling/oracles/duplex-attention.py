"""Oracle of the duplex attention, both variants (plain torch, written out sample by sample, head by head, query by query).

Regenerate: /path/to/venv/bin/python tooling/oracles/duplex-attention.py
Writes packages/duplex-attention/src/__fixtures__/{duplex-code,duplex-paper-concat,duplex-paper-add}.safetensors.

One layer: batch 2, 4 query heads on 2 key heads of width 8, 12 tokens. Queries and keys are taken as they are (rotated already).
  input.query [2, 4, 12, 8], input.key, input.value [2, 2, 12, 8], input.upstream [2, 4, 12, 8]
  input.kinds [2, 12]: 0 padding, 1 answer, 2 text of the prompt, 3 frame, 4 face, 5 audio, 6 multi; all of 3 … 6 are visual
  output.keys [2, 2, 12, 8] aligned keys, output.heard [2, 4, 12, 8] (padding queries: zeros)
  grad.<weight>, grad.input.{query,key,value} of sum(heard * upstream)

duplex-code    visual keys only: unit rows of (key + 1e-6); basis = unit text keysᵀ · text values, each row divided by its norm;
               key <- pfuser_v(key + ratio_v * (unit key · basis)); causal softmax over all keys
duplex-paper-* visual keys times the row-normalised Gram matrix of the prompt's text keys, text keys (answer too) times that of the
               visual keys; concat: linear map of [key, aligned]; add: key + ratio * aligned. Then the modular mask: for every query,
               keys of its own modality and of the other are two softmaxes, each with explicit pseudo-scores -i b, -(i+1) b, ... in
               4000 future places, which are thrown away; joined in the proportion of their sums of exponentials. The gate g of a
               head mixes: (1 - g) plain + g with pseudo-attention. b = 0.05.
"""

import math

import torch

from common import fixture_path, prefixed, save_fixture, seeded_normal

SEED = 20240611
BATCH, HEADS, KEY_HEADS, TIME, WIDTH = 2, 4, 2, 12, 8
DECAY, FUTURE = 0.05, 4000
GENERATOR = "tooling/oracles/duplex-attention.py"
KINDS = torch.tensor([[2, 2, 3, 3, 3, 4, 2, 5, 2, 2, 1, 1], [3, 6, 2, 2, 4, 2, 1, 1, 1, 0, 0, 0]])


def visual(kinds):
    return kinds >= 3


def text(kinds):
    return (kinds == 1) | (kinds == 2)


def unit_rows(matrix):
    return matrix / matrix.norm(dim=-1, keepdim=True)


def align_code(key, value, kinds, weights):
    """One head of one sample: key, value [time, width]."""
    seen, prompt = visual(kinds), kinds == 2
    unit = unit_rows(key + 1e-6)
    basis = unit_rows(unit[prompt].T @ value[prompt])
    aligned = unit[seen] @ basis
    result = key.clone()
    result[seen] = (key[seen] + weights["ratio_v"][0, 0] * aligned) @ weights["pfuser_v.weight"].T
    return result


def align_paper(key, kinds, weights, fuser):
    seen, prompt, words = visual(kinds), kinds == 2, text(kinds)
    from_text = key[seen] @ unit_rows(key[prompt].T @ key[prompt])
    from_seen = key[words] @ unit_rows(key[seen].T @ key[seen])
    result = key.clone()
    for side, rows, aligned in (("v", seen, from_text), ("t", words, from_seen)):
        if fuser == "concat":
            result[rows] = torch.cat([key[rows], aligned], dim=-1) @ weights[f"fuser_{side}.weight"].T
        else:
            result[rows] = key[rows] + weights[f"ratio_{side}"][0, 0] * aligned
    return result


def plain_row(scores, values):
    return torch.softmax(scores, dim=0) @ values


def modular_row(scores, values, same, gate):
    """One query: scores [seen keys], values [seen keys, width], same: keys of its own modality, gate [2]."""
    number = len(scores)
    pseudo = -DECAY * torch.arange(number, number + FUTURE, dtype=scores.dtype)
    total = torch.logsumexp(scores, dim=0)
    heard = torch.zeros(values.shape[1], dtype=values.dtype)
    for part, chosen in enumerate((same, ~same)):
        if not chosen.any():
            continue
        part_scores = scores[chosen]
        share = torch.exp(torch.logsumexp(part_scores, dim=0) - total)
        plain = torch.softmax(part_scores, dim=0)
        masked = torch.softmax(torch.cat([part_scores, pseudo]), dim=0)[: len(part_scores)]
        heard = heard + share * (((1 - gate[part]) * plain + gate[part] * masked) @ values[chosen])
    return heard


def attention(query, key, value, weights, variant, fuser):
    aligned = lambda sample, head: (  # noqa: E731
        align_code(key[sample, head], value[sample, head], KINDS[sample], weights) if variant == "code"
        else align_paper(key[sample, head], KINDS[sample], weights, fuser))
    keys = torch.stack([torch.stack([aligned(sample, head) for head in range(KEY_HEADS)]) for sample in range(BATCH)])
    heard = torch.zeros_like(query)
    for sample in range(BATCH):
        kinds = KINDS[sample]
        for head in range(HEADS):
            shared = head // (HEADS // KEY_HEADS)
            for at in range(TIME):
                if kinds[at] == 0:
                    continue
                scores = keys[sample, shared, : at + 1] @ query[sample, head, at] / math.sqrt(WIDTH)
                values = value[sample, shared, : at + 1]
                same = visual(kinds[: at + 1]) == visual(kinds[at])
                heard[sample, head, at] = (plain_row(scores, values) if variant == "code"
                                           else modular_row(scores, values, same, weights["mask_gate"][head]))
    return keys, heard


def weights_of(variant, fuser, seed):
    square = {"shape": (WIDTH, WIDTH), "scale": 1 / math.sqrt(WIDTH)}
    wide = {"shape": (WIDTH, 2 * WIDTH), "scale": 1 / math.sqrt(2 * WIDTH)}
    ratio = {"shape": (1, 1, WIDTH), "scale": 0.8}
    gate = {"shape": (HEADS, 2), "scale": 0.6}
    table = ({"ratio_v": ratio, "pfuser_v.weight": square} if variant == "code"
             else {"fuser_v.weight": wide, "fuser_t.weight": wide, "mask_gate": gate} if fuser == "concat"
             else {"ratio_v": ratio, "ratio_t": ratio, "mask_gate": gate})
    return {name: seeded_normal(entry["shape"], seed + index, entry["scale"]).double()
            for index, (name, entry) in enumerate(table.items())}


def case(name, variant, fuser, seed):
    tensors = {"query": (BATCH, HEADS, TIME, WIDTH), "key": (BATCH, KEY_HEADS, TIME, WIDTH), "value": (BATCH, KEY_HEADS, TIME, WIDTH)}
    inputs = {key: seeded_normal(shape, seed + 10 + index, 1.5 if key != "value" else 1.0).double().requires_grad_()
              for index, (key, shape) in enumerate(tensors.items())}
    upstream = seeded_normal((BATCH, HEADS, TIME, WIDTH), seed + 20) * (KINDS > 0)[:, None, :, None]
    weights = {key: value.requires_grad_() for key, value in weights_of(variant, fuser, seed).items()}
    keys, heard = attention(**inputs, weights=weights, variant=variant, fuser=fuser)
    (heard * upstream).sum().backward()
    root = "duplex_attention.layers.0."
    save_fixture(
        fixture_path("duplex-attention", f"{name}.safetensors"),
        {**prefixed("weights", {root + key: value for key, value in weights.items()}),
         **prefixed("grad", {root + key: value.grad for key, value in weights.items()}),
         **prefixed("grad.input", {key: value.grad for key, value in inputs.items()}),
         **prefixed("input", {**inputs, "kinds": KINDS, "upstream": upstream}),
         "output.keys": keys, "output.heard": heard},
        module="plain torch, float64", seed=seed, generator=GENERATOR,
        config={"variant": variant, "fuser": fuser, "mask_decay": DECAY, "heads": HEADS, "key_heads": KEY_HEADS, "head_dim": WIDTH},
    )


if __name__ == "__main__":
    case("duplex-code", "code", "linear", SEED)
    case("duplex-paper-concat", "paper", "concat", SEED + 100)
    case("duplex-paper-add", "paper", "add", SEED + 200)
