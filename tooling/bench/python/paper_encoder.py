"""An encoder of the paper's size with random weights in PyTorch, float32: the rival of `nano-emox-bench paper`.

usage: paper_encoder.py scene|audio|face THREADS
Prints one JSON line about itself, then one per line "step" read from stdin. Needs transformers beside torch; inputs as the
engine gets them: 8 frames of 224 pixels, or 8 clips of 2 s.
"""

import json
import os
import sys
import time

kind, threads = sys.argv[1], int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = str(threads)

import torch  # noqa: E402  (reads OMP_NUM_THREADS)
import transformers  # noqa: E402
from transformers import (  # noqa: E402
    CLIPVisionConfig,
    CLIPVisionModel,
    HubertConfig,
    HubertModel,
    SwinConfig,
    SwinModel,
)

torch.set_num_threads(threads)
torch.manual_seed(1)


def scene():
    config = CLIPVisionConfig(
        hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16, patch_size=14
    )
    return CLIPVisionModel(config), torch.randn(8, 3, 224, 224)


def audio():
    config = HubertConfig(
        hidden_size=1024,
        intermediate_size=4096,
        num_hidden_layers=24,
        num_attention_heads=16,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        conv_bias=True,
    )
    return HubertModel(config), torch.randn(8, 32_000)


def face():
    config = SwinConfig(embed_dim=128, depths=[2, 2, 18, 2], num_heads=[4, 8, 16, 32])
    return SwinModel(config), torch.randn(8, 3, 224, 224)


model, x = {"scene": scene, "audio": audio, "face": face}[kind]()
model.eval()
details = f"transformers {transformers.__version__}, {torch.get_num_threads()} threads"
print(json.dumps({"name": f"PyTorch {torch.__version__} float32", "details": details}), flush=True)
with torch.inference_mode():
    for line in sys.stdin:
        if line.strip() != "step":
            continue
        wall, processor = time.perf_counter(), time.process_time()
        model(x)
        sample = {"seconds": time.perf_counter() - wall, "processorSeconds": time.process_time() - processor}
        print(json.dumps(sample), flush=True)
