"""Training steps of a Llama-like decoder in PyTorch: the rival of `nano-emox-bench lora` and `full`.

usage: lora_step.py FOLDER   with problem.json and tensors.bin, as src/training/problem.ts writes them.
Prints one JSON line about itself, then one per line "step" read from stdin: loss, wall seconds, processor seconds.
Takes the fast path of each version: fused attention and RMS norm from torch 2, fused AdamW where the processor has it.
"""

import json
import math
import os
import sys
import time

folder = sys.argv[1]
with open(os.path.join(folder, "problem.json")) as file:
    problem = json.load(file)
os.environ["OMP_NUM_THREADS"] = str(problem["threads"])

import torch  # noqa: E402  (reads OMP_NUM_THREADS)
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(problem["threads"])
config = problem["config"]
lora = config.get("lora")

with open(os.path.join(folder, "tensors.bin"), "rb") as file:
    values = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
weights = {}
for tensor in problem["tensors"]:
    size = math.prod(tensor["dims"])
    value = values[tensor["offset"] : tensor["offset"] + size].reshape(tensor["dims"]).clone()
    weights[tensor["name"]] = value.requires_grad_(tensor["trained"])

ids = torch.tensor(problem["ids"], dtype=torch.int64).reshape(problem["batch"], problem["time"])
targets = torch.cat([ids[:, 1:], torch.full((problem["batch"], 1), -100)], 1).reshape(-1)
heads, key_heads, head_dim = config["heads"], config["keyHeads"], config["headDim"]

steps = torch.arange(problem["time"], dtype=torch.float64)
frequencies = config["ropeTheta"] ** (-torch.arange(0, head_dim // 2, dtype=torch.float64) / (head_dim // 2))
angles = torch.outer(steps, frequencies).repeat(1, 2)
cosine, sine = angles.cos().float(), angles.sin().float()
hidden_keys = torch.full((problem["time"], problem["time"]), -1e9).triu(1)
has_fused_attention = hasattr(F, "scaled_dot_product_attention")


def rms_norm(x, name):
    scale = weights[name]
    if hasattr(F, "rms_norm"):
        return F.rms_norm(x, (x.shape[-1],), scale, config["rmsEps"])
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config["rmsEps"]) * scale


def projection(x, scope):
    base = F.linear(x, weights[scope + ".weight"])
    if lora is None:
        return base
    down = F.linear(x, weights[scope + ".lora_A.default.weight"])
    return base + F.linear(down, weights[scope + ".lora_B.default.weight"]) * (lora["alpha"] / lora["rank"])


def rotate(x):
    first, second = x.chunk(2, -1)
    return x * cosine + torch.cat([-second, first], -1) * sine


def attention(x, scope):
    batch, length, _ = x.shape

    def split(name, count):
        return projection(x, scope + name).view(batch, length, count, head_dim).transpose(1, 2)

    query, key, value = rotate(split(".q_proj", heads)), rotate(split(".k_proj", key_heads)), split(".v_proj", key_heads)
    key, value = (part.repeat_interleave(heads // key_heads, 1) for part in (key, value))
    if has_fused_attention:
        heard = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    else:
        scores = query @ key.transpose(2, 3) / math.sqrt(head_dim) + hidden_keys
        heard = scores.softmax(-1) @ value
    return projection(heard.transpose(1, 2).reshape(batch, length, heads * head_dim), scope + ".o_proj")


def loss_of():
    x = F.embedding(ids, weights["model.embed_tokens.weight"])
    for layer in range(config["layers"]):
        scope = f"model.layers.{layer}"
        x = x + attention(rms_norm(x, scope + ".input_layernorm.weight"), scope + ".self_attn")
        inner = rms_norm(x, scope + ".post_attention_layernorm.weight")
        gated = F.silu(projection(inner, scope + ".mlp.gate_proj")) * projection(inner, scope + ".mlp.up_proj")
        x = x + projection(gated, scope + ".mlp.down_proj")
    logits = F.linear(rms_norm(x, "model.norm.weight"), weights["model.embed_tokens.weight"])
    return F.cross_entropy(logits.flatten(0, 1), targets, ignore_index=-100)


def optimizer_of():
    trained = {tensor["name"]: tensor["decays"] for tensor in problem["tensors"] if tensor["trained"]}
    groups = [
        {"params": [weights[name] for name, decays in trained.items() if decays], "weight_decay": problem["weightDecay"]},
        {"params": [weights[name] for name, decays in trained.items() if not decays], "weight_decay": 0.0},
    ]
    settings = {"lr": problem["learningRate"], "betas": (problem["beta1"], problem["beta2"]), "eps": problem["epsilon"]}
    groups = [group for group in groups if group["params"]]
    try:
        return torch.optim.AdamW(groups, fused=True, **settings), "fused AdamW"
    except (RuntimeError, TypeError):
        return torch.optim.AdamW(groups, **settings), "AdamW"


optimizer, optimizer_name = optimizer_of()


def step():
    wall, processor = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of()
    loss.backward()
    optimizer.step()
    return {
        "loss": loss.item(),
        "seconds": time.perf_counter() - wall,
        "processorSeconds": time.process_time() - processor,
    }


attention_name = "fused attention" if has_fused_attention else "plain attention"
about = {"name": f"PyTorch {torch.__version__}", "details": f"{attention_name}, {optimizer_name}, {torch.get_num_threads()} threads"}
print(json.dumps(about), flush=True)
for line in sys.stdin:
    if line.strip() == "step":
        print(json.dumps(step()), flush=True)
