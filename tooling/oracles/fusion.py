"""Oracle of the fusion alternatives `qformer` and `attention` (plain torch; the Q-Former itself is Hugging Face BLIP-2).

Regenerate: /path/to/venv/bin/python tooling/oracles/fusion.py
Writes packages/fusion-experts/src/__fixtures__/{fusion-qformer,fusion-attention}.safetensors.

Widths differ on purpose: scene 24, audio 20, common 24, Q-Former hidden 32, LM 40; 3 output tokens; 8 time steps each.
  input.scene [2, 8, 24], input.audio [2, 8, 20]
fusion-qformer    z = concat on time [multi_video_embs(scene), multi_audio_embs(audio)] (scene first) + position table rows 0..15;
                  3 query tokens through the two-layer Q-Former; `multi_llama_proj`
  output.qformer [2, 3, 32], output.tokens [2, 3, 40]
fusion-attention  v = multi_video_embs(mean over time of scene), a likewise; s = fc_att(attention_mlp([v; a])) with neither
                  activation nor softmax; `multi_llama_proj`(s0 v + s1 a), copied to each token
  output.scores [2, 2], output.fused [2, 24], output.tokens [2, 3, 40]
"""

import torch
import transformers
from torch import nn

from common import fixture_path, prefixed, randomise, save_fixture, seeded_normal
from qformer import SIZES, QFormerBranch, published_name

SEED = 20240605
SCENE, AUDIO, COMMON, LM_WIDTH, TOKENS, STEPS, POSITIONS = 24, 20, 24, 40, 3, 8, 264
GENERATOR = "tooling/oracles/fusion.py"
MULTI = {"qformer": "multi_Qformer", "query_tokens": "multi_query_tokens", "position_embedding": "multi_position_embedding",
         "projection": "multi_llama_proj"}
WIDTHS = {"scene_dim": SCENE, "audio_dim": AUDIO, "common_dim": COMMON, "lm_width": LM_WIDTH, "tokens": TOKENS, "steps": STEPS}


def embeddings() -> dict:
    # One affine map per modality into the common width.
    return {"multi_video_embs": nn.Linear(SCENE, COMMON), "multi_audio_embs": nn.Linear(AUDIO, COMMON)}


def inputs(seed: int):
    return seeded_normal((2, STEPS, SCENE), seed), seeded_normal((2, STEPS, AUDIO), seed + 1)


@torch.no_grad()
def qformer_fusion() -> None:
    parts = nn.ModuleDict(embeddings())
    branch = QFormerBranch(POSITIONS, queries=TOKENS, encoder_width=COMMON, lm_width=LM_WIDTH).eval()
    randomise(parts, SEED)
    randomise(branch, SEED + 1, gain=1.4)
    scene, audio = inputs(SEED + 2)
    joined = torch.cat([parts["multi_video_embs"](scene), parts["multi_audio_embs"](audio)], dim=1)  # [batch, 16, common]
    hidden, tokens = branch(joined)
    weights = {**parts.state_dict(), **{published_name(name, MULTI): value for name, value in branch.named_parameters()}}
    assert {"multi_Qformer.bert.encoder.layer.1.crossattention.self.value.weight", "multi_query_tokens",
            "multi_position_embedding.weight", "multi_llama_proj.bias"} <= set(weights)
    save_fixture(
        fixture_path("fusion-experts", "fusion-qformer.safetensors"),
        {**prefixed("weights", weights), "input.scene": scene, "input.audio": audio, "output.qformer": hidden, "output.tokens": tokens},
        module="torch.nn + transformers.Blip2QFormerModel", seed=SEED, generator=GENERATOR, used=(transformers,),
        config={"fusion_type": "qformer", **WIDTHS, "positions": POSITIONS, "qformer": {**SIZES, "encoder_hidden_size": COMMON}},
    )


@torch.no_grad()
def attention_fusion() -> None:
    model = nn.ModuleDict({**embeddings(), "attention_mlp": nn.Linear(2 * COMMON, COMMON), "fc_att": nn.Linear(COMMON, 2),
                           "multi_llama_proj": nn.Linear(COMMON, LM_WIDTH)})
    randomise(model, SEED + 50, gain=1.2)
    scene, audio = inputs(SEED + 52)
    v = model["multi_video_embs"](scene.mean(dim=1))
    a = model["multi_audio_embs"](audio.mean(dim=1))
    scores = model["fc_att"](model["attention_mlp"](torch.cat([v, a], dim=-1)))  # [batch, 2]
    fused = scores[:, :1] * v + scores[:, 1:] * a
    tokens = model["multi_llama_proj"](fused)[:, None].expand(-1, TOKENS, -1)
    save_fixture(
        fixture_path("fusion-experts", "fusion-attention.safetensors"),
        {**prefixed("weights", model.state_dict()), "input.scene": scene, "input.audio": audio, "output.scores": scores,
         "output.fused": fused, "output.tokens": tokens},
        module="torch.nn", seed=SEED + 50, generator=GENERATOR, config={"fusion_type": "attention", **WIDTHS},
    )


if __name__ == "__main__":
    qformer_fusion()
    attention_fusion()
