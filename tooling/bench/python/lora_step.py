"""Training steps of a Llama-like decoder in PyTorch: the rival of `nano-emox-bench lora` and `full`.

usage: lora_step.py FOLDER   as src/training/stored-problem.ts writes it.
Takes the fast path of each version: fused attention and RMS norm from torch 2, fused AdamW where the processor has it.
"""

from peer import batch, config, serve  # first: it sets the number of threads

import torch
import torch.nn.functional as F
from decoder import Decoder

ids, labels = batch["inputIds"], batch["labels"]
rows, time = ids.shape
targets = torch.cat([labels[:, 1:], torch.full((rows, 1), -100)], 1).reshape(-1)
decoder = Decoder(config, time)


def loss_of():
    logits = decoder.logits(decoder.hidden(decoder.embed(ids)))
    return F.cross_entropy(logits.flatten(0, 1), targets, ignore_index=-100)


serve(loss_of)
