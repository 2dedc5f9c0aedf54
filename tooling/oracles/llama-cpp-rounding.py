"""How far tokens of llama.cpp for a quantised file can be reproduced: transformers on the same weights, without and with rounded activations.

Run: python tooling/oracles/llama-cpp-rounding.py SmolLM2-135M-Instruct.Q4_1.gguf

Reads tooling/small-model/src/__fixtures__/llama-cpp.json. Feeds each recorded sequence as a whole and counts the steps at which the model finds
the recorded token the best one. On the processor llama.cpp rounds what a quantised matrix is multiplied with to 8 bits, with a scale of
16 bits for every 32 values (ggml, quantize_row_q8_1 and quantize_row_q8_0). A difference in the last bit moves a value to the next of 256
steps, and the next layer makes more of it: so the same rounding is computed twice, in float32 and in float64, and compared with itself.
Needs torch, transformers and gguf. Writes nothing.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from common import ROOT

BLOCK = 32
path = Path(sys.argv[1])
cases = json.loads((ROOT / "tooling" / "small-model" / "src" / "__fixtures__" / "llama-cpp.json").read_text())["cases"]
model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()


def rounded(_module, inputs):
    """Blocks of 32 values as 8-bit integers and a 16-bit scale."""
    (values,) = inputs
    blocks = values.unflatten(-1, (-1, BLOCK))
    scale = blocks.abs().amax(-1, keepdim=True) / 127
    integers = torch.where(scale > 0, (blocks / scale).round(), torch.zeros_like(blocks))
    return ((integers * scale.half().to(values.dtype)).flatten(-2),)


@torch.no_grad()
def logits_of(key: str) -> list[torch.Tensor]:
    """Logits before each recorded token."""
    rows = []
    for case in cases:
        prompt = case["promptIds"]
        rows.append(model(torch.tensor([prompt + case[key]])).logits[0, len(prompt) - 1 : -1].float())
    return rows


def compare(name: str, rows: list[torch.Tensor], tokens: list[torch.Tensor]) -> None:
    gaps = [row.amax(-1) - row.gather(-1, ids[:, None])[:, 0] for row, ids in zip(rows, tokens)]
    best, steps = sum(int((gap == 0).sum()) for gap in gaps), sum(len(gap) for gap in gaps)
    whole, largest = sum(int((gap == 0).all()) for gap in gaps), max(float(gap.max()) for gap in gaps)
    print(f"{name}: equal at {best} of {steps} steps, {whole} of {len(gaps)} sequences; elsewhere ahead by at most {largest:.3f}")


def recorded(key: str) -> list[torch.Tensor]:
    return [torch.tensor(case[key]) for case in cases]


compare("float32 / llama.cpp in float32", logits_of("float32Ids"), recorded("float32Ids"))
compare("float32 / llama.cpp, quantised file", logits_of("ids"), recorded("ids"))
for module in model.modules():
    if isinstance(module, torch.nn.Linear):
        module.register_forward_pre_hook(rounded)
single = logits_of("ids")
compare("rounded / llama.cpp, quantised file", single, recorded("ids"))
model.double()
double = logits_of("ids")
compare("rounded / the same rounding in float64", single, [row.argmax(-1) for row in double])
