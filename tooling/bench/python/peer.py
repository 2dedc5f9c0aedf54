"""What the PyTorch peers share: the problem in a folder, its optimiser, and the line protocol.

Import it first: it sets the number of threads before torch is loaded. argv[1] names the folder, with problem.json,
weights.safetensors and batch.safetensors as src/training/stored-problem.ts writes them.
"""

import json
import os
import resource
import struct
import sys
import time

_folder = sys.argv[1]
with open(os.path.join(_folder, "problem.json")) as _file:
    problem = json.load(_file)
os.environ["OMP_NUM_THREADS"] = str(problem["threads"])

import torch  # noqa: E402  (reads OMP_NUM_THREADS)
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(problem["threads"])
config = problem["config"]
has_fused_attention = hasattr(F, "scaled_dot_product_attention")
_types = {"F32": torch.float32, "I64": torch.int64, "BOOL": torch.bool}
# Kibibytes on Linux, bytes on macOS.
_rss_unit = 1 if sys.platform == "darwin" else 1024


def read_safetensors(name):
    with open(os.path.join(_folder, name), "rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
        data = bytearray(file.read())
    tensors = {}
    for key, entry in header.items():
        if key == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        dtype = _types[entry["dtype"]]
        if begin == end:
            tensors[key] = torch.empty(entry["shape"], dtype=dtype)
            continue
        count = (end - begin) // torch.empty(0, dtype=dtype).element_size()
        values = torch.frombuffer(data, dtype=dtype, count=count, offset=begin)
        tensors[key] = values.reshape(entry["shape"]).clone()
    return tensors


weights = read_safetensors("weights.safetensors")
batch = read_safetensors("batch.safetensors")
for _group in problem["groups"]:
    for _name in _group["names"]:
        weights[_name].requires_grad_(True)


def rms_norm(x, name, epsilon):
    scale = weights[name]
    if hasattr(F, "rms_norm"):
        return F.rms_norm(x, (x.shape[-1],), scale, epsilon)
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon) * scale


def dot_product_attention(query, key, value, is_causal=False):
    """Fused where this version of torch has it; heads are split, key heads repeated already."""
    if has_fused_attention:
        return F.scaled_dot_product_attention(query, key, value, is_causal=is_causal)
    scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
    if is_causal:
        scores = scores + torch.full(scores.shape[-2:], -1e9).triu(1)
    return scores.softmax(-1) @ value


def _optimizer_of():
    groups = [
        {"params": [weights[name] for name in group["names"]], "weight_decay": group["weightDecay"]}
        for group in problem["groups"]
        if group["names"]
    ]
    settings = {"lr": problem["learningRate"], "betas": (problem["beta1"], problem["beta2"]), "eps": problem["epsilon"]}
    try:
        return torch.optim.AdamW(groups, fused=True, **settings), "fused AdamW"
    except (RuntimeError, TypeError):
        return torch.optim.AdamW(groups, **settings), "AdamW"


def serve(loss_of):
    """Prints one JSON line about this peer, then one per line "step" read from stdin."""
    optimizer, optimizer_name = _optimizer_of()

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
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _rss_unit,
        }

    attention_name = "fused attention" if has_fused_attention else "plain attention"
    details = f"{attention_name}, {optimizer_name}, {torch.get_num_threads()} threads"
    print(json.dumps({"name": f"PyTorch {torch.__version__}", "details": details}), flush=True)
    for line in sys.stdin:
        if line.strip() == "step":
            print(json.dumps(step()), flush=True)
