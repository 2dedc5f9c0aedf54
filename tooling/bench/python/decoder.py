"""A Llama-like decoder with low-rank branches: rotary positions, grouped keys, SwiGLU. Weights by name from the problem."""

import torch
import torch.nn.functional as F
from peer import dot_product_attention, rms_norm, weights


class Decoder:
    def __init__(self, config, time, prefix=""):
        """`prefix` stands in front of all weight names; `time` is the length of the sequences."""
        self.config, self.prefix = config, prefix
        half = config["headDim"] // 2
        frequencies = config["ropeTheta"] ** (-torch.arange(0, half, dtype=torch.float64) / half)
        angles = torch.outer(torch.arange(time, dtype=torch.float64), frequencies).repeat(1, 2)
        self.cosine, self.sine = angles.cos().float(), angles.sin().float()

    def weight(self, name):
        return weights[self.prefix + name]

    def embed(self, ids):
        return F.embedding(ids, self.weight("model.embed_tokens.weight"))

    def norm(self, x, name):
        return rms_norm(x, f"{self.prefix}{name}.weight", self.config["rmsEps"])

    def projection(self, x, scope):
        base = F.linear(x, self.weight(scope + ".weight"))
        lora = self.config.get("lora")
        if lora is None:
            return base
        # The scale on the low-rank side: sixteen columns to multiply instead of hundreds.
        down = F.linear(x, self.weight(scope + ".lora_A.default.weight")) * (lora["alpha"] / lora["rank"])
        return base + F.linear(down, self.weight(scope + ".lora_B.default.weight"))

    def rotate(self, x):
        first, second = x.chunk(2, -1)
        return x * self.cosine + torch.cat([-second, first], -1) * self.sine

    def attention(self, x, scope):
        rows, length, _ = x.shape
        heads, key_heads, head_dim = (self.config[name] for name in ("heads", "keyHeads", "headDim"))

        def split(name, count):
            return self.projection(x, f"{scope}.{name}").view(rows, length, count, head_dim).transpose(1, 2)

        query, key = self.rotate(split("q_proj", heads)), self.rotate(split("k_proj", key_heads))
        value = split("v_proj", key_heads)
        key, value = (part.repeat_interleave(heads // key_heads, 1) for part in (key, value))
        heard = dot_product_attention(query, key, value, is_causal=True)
        return self.projection(heard.transpose(1, 2).reshape(rows, length, heads * head_dim), scope + ".o_proj")

    def hidden(self, x):
        """Embeddings `[rows, time, hidden]` through all layers and the last norm."""
        for layer in range(self.config["layers"]):
            scope = f"model.layers.{layer}"
            x = x + self.attention(self.norm(x, scope + ".input_layernorm"), scope + ".self_attn")
            inner = self.norm(x, scope + ".post_attention_layernorm")
            gated = F.silu(self.projection(inner, scope + ".mlp.gate_proj")) * self.projection(inner, scope + ".mlp.up_proj")
            x = x + self.projection(gated, scope + ".mlp.down_proj")
        return self.norm(x, "model.norm")

    def logits(self, hidden):
        return F.linear(hidden, self.weight("model.embed_tokens.weight"))
