"""Oracle of the adapters: a two-layer Q-Former (Hugging Face BLIP-2) and the simple alternatives (plain torch).

Regenerate: /path/to/venv/bin/python tooling/oracles/qformer.py
Writes packages/adapters/src/__fixtures__/{qformer,simple-adapters}.safetensors.

qformer  weights under the names of the published Nano-EmoX checkpoint, for both branches (`video_…`, `audio_…`):
  video_Qformer.bert.*, video_query_tokens [1, 6, 32], video_frame_position_embedding.weight [32, 24], video_proj.*
  audio_Qformer.bert.*, audio_query_tokens [1, 6, 32], audio_position_embedding.weight [8, 24], audio_llama_proj.*
  input.video, input.audio         [2, 8, 24] (frames or clips; the learned time embedding is added to them)
  output.video_qformer, …audio…    [2, 6, 32]
  output.video_tokens, …audio…     [2, 6, 40]
  output.video_short_tokens        [2, 6, 40] for the first 5 frames alone
  grad.*                           of sum(output.video_tokens * input.video_upstream) to every video weight and `features`
simple-adapters  input.features [2, 8, 24], token count 6, LM width 40
  output.mean_tokens       [2, 6, 40]  mean over time, Linear `video_proj`, the vector copied to each token
  output.attention_tokens  [2, 6, 40]  score = Linear 24 -> 1 (`video_attention_mlp`), NO softmax, weighted sum over time,
                                       Linear `video_proj`, copied
  output.linear_tokens     [2, 8, 40]  Linear `image_llama_proj` per position
  output.mlp_tokens        [2, 8, 40]  `face_proj`: Linear 24 -> 48 (index 0), GELU (erf), dropout (off), Linear 48 -> 40 (index 3)
`video_attention_mlp` is the name AffectGPT-family code gives this score layer.
"""

import torch
import transformers
from torch import nn
from transformers import Blip2QFormerConfig, Blip2QFormerModel

from common import fixture_path, prefixed, randomise, save_fixture, seeded_normal

SEED = 20240604
HIDDEN, HEADS, INTERMEDIATE, LAYERS, ENCODER_WIDTH, QUERIES, LM_WIDTH, FRAMES = 32, 4, 64, 2, 24, 6, 40, 8
GENERATOR = "tooling/oracles/qformer.py"
SIZES = {"hidden_size": HIDDEN, "num_attention_heads": HEADS, "intermediate_size": INTERMEDIATE, "num_hidden_layers": LAYERS,
         "encoder_hidden_size": ENCODER_WIDTH, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "cross_attention_frequency": 1}


class QFormerBranch(nn.Module):
    """Features plus time embedding -> Q-Former -> linear projection."""

    def __init__(self, positions: int, queries: int = QUERIES, encoder_width: int = ENCODER_WIDTH, lm_width: int = LM_WIDTH):
        super().__init__()
        config = Blip2QFormerConfig(**{**SIZES, "encoder_hidden_size": encoder_width}, hidden_dropout_prob=0.0,
                                    attention_probs_dropout_prob=0.0, use_qformer_text_input=False)
        config._attn_implementation = "eager"
        self.qformer = Blip2QFormerModel(config)
        self.query_tokens = nn.Parameter(torch.zeros(1, queries, HIDDEN))
        self.position_embedding = nn.Embedding(positions, encoder_width)
        self.projection = nn.Linear(HIDDEN, lm_width)

    def forward(self, features: torch.Tensor):
        positioned = features + self.position_embedding.weight[: features.shape[1]]
        queries = self.query_tokens.expand(features.shape[0], -1, -1)
        mask = torch.ones(positioned.shape[:2], dtype=torch.int64)
        hidden = self.qformer(query_embeds=queries, encoder_hidden_states=positioned,
                              encoder_attention_mask=mask).last_hidden_state
        return hidden, self.projection(hidden)


def published_name(name: str, names: dict) -> str:
    """Maps this script's parameter names to the checkpoint's; `names` gives the four prefixes of one branch."""
    part, _, rest = name.partition(".")
    if part != "qformer":
        return names[part] + (f".{rest}" if rest else "")
    rest = rest.replace("layernorm.", "embeddings.LayerNorm.") if rest.startswith("layernorm.") else rest
    rest = rest.replace("crossattention.attention.", "crossattention.self.").replace(".attention.attention.", ".attention.self.")
    return f"{names['qformer']}.bert.{rest}"


VIDEO = {"qformer": "video_Qformer", "query_tokens": "video_query_tokens",
         "position_embedding": "video_frame_position_embedding", "projection": "video_proj"}
AUDIO = {"qformer": "audio_Qformer", "query_tokens": "audio_query_tokens",
         "position_embedding": "audio_position_embedding", "projection": "audio_llama_proj"}


def qformer() -> None:
    tensors = {}
    for index, (branch_name, names, positions) in enumerate([("video", VIDEO, 32), ("audio", AUDIO, FRAMES)]):
        branch = QFormerBranch(positions).eval()
        randomise(branch, SEED + 10 * index, gain=1.4)
        features = seeded_normal((2, FRAMES, ENCODER_WIDTH), SEED + 10 * index + 1).requires_grad_(True)
        hidden, tokens = branch(features)
        weights = {published_name(name, names): value for name, value in branch.named_parameters()}
        tensors |= prefixed("weights", weights)
        tensors |= {f"input.{branch_name}": features, f"output.{branch_name}_qformer": hidden, f"output.{branch_name}_tokens": tokens}
        if branch_name == "video":
            upstream = seeded_normal(tokens.shape, SEED + 5)
            (tokens * upstream).sum().backward()
            tensors["input.video_upstream"] = upstream
            for name, parameter in branch.named_parameters():
                # A key bias shifts all scores of a row alike: softmax removes it and its gradient is rounding noise.
                if not name.endswith("attention.key.bias"):
                    tensors[f"grad.{published_name(name, names)}"] = parameter.grad
            tensors["grad.features"] = features.grad
            with torch.no_grad():
                tensors["output.video_short_tokens"] = branch(features[:, :5])[1]
    expected = {"video_Qformer.bert.encoder.layer.0.attention.self.query.weight", "video_Qformer.bert.embeddings.LayerNorm.weight",
                "audio_Qformer.bert.encoder.layer.1.crossattention.self.key.weight", "video_query_tokens",
                "audio_Qformer.bert.encoder.layer.0.crossattention.output.LayerNorm.bias", "video_proj.bias",
                "video_Qformer.bert.encoder.layer.1.output_query.LayerNorm.weight", "audio_position_embedding.weight"}
    missing = {name for name in expected if f"weights.{name}" not in tensors}
    assert not missing, missing
    assert not any(".attention.attention." in name for name in tensors)
    save_fixture(
        fixture_path("adapters", "qformer.safetensors"), tensors, module="transformers.Blip2QFormerModel + nn.Linear", seed=SEED,
        generator=GENERATOR, used=(transformers,), config={**SIZES, "queries": QUERIES, "frames": FRAMES, "lm_width": LM_WIDTH},
    )


def simple_adapters() -> None:
    model = nn.ModuleDict({
        "video_proj": nn.Linear(ENCODER_WIDTH, LM_WIDTH),
        "video_attention_mlp": nn.Linear(ENCODER_WIDTH, 1),
        "image_llama_proj": nn.Linear(ENCODER_WIDTH, LM_WIDTH),
        "face_proj": nn.Sequential(nn.Linear(ENCODER_WIDTH, 48), nn.GELU(), nn.Dropout(0.1), nn.Linear(48, LM_WIDTH)),
    }).eval()
    randomise(model, SEED + 50)
    features = seeded_normal((2, FRAMES, ENCODER_WIDTH), SEED + 51)

    def copied(vector: torch.Tensor) -> torch.Tensor:
        return model["video_proj"](vector)[:, None].expand(-1, QUERIES, -1)

    with torch.no_grad():
        scores = model["video_attention_mlp"](features)  # [batch, time, 1]
        tensors = {
            **prefixed("weights", model.state_dict()), "input.features": features,
            "output.mean_tokens": copied(features.mean(dim=1)),
            "output.attention_tokens": copied((features * scores).sum(dim=1)),
            "output.linear_tokens": model["image_llama_proj"](features),
            "output.mlp_tokens": model["face_proj"](features),
        }
    save_fixture(
        fixture_path("adapters", "simple-adapters.safetensors"), tensors, module="torch.nn", seed=SEED + 50, generator=GENERATOR,
        config={"encoder_width": ENCODER_WIDTH, "lm_width": LM_WIDTH, "tokens": QUERIES, "mlp_hidden": 48},
    )


if __name__ == "__main__":
    qformer()
    simple_adapters()
