"""Training steps of the composed model above its encoders in PyTorch: the rival of `nano-emox-bench train`.

usage: emotion_step.py FOLDER   as src/training/stored-problem.ts writes it.
Two Q-Former adapters, temporal queries on faces, experts on three depths, and a decoder that reads their soft tokens; the
loss is over the tokens of the answers. The same shortcuts as the engine's: rows of a batch are equal until the Q-Former has
read the states, means over time come before the gate, only supervised rows meet the output layer, and padding on the right
needs no mask beside the causal one, since no supervised token comes after it.
"""

from peer import batch, config, dot_product_attention, serve, weights  # first: it sets the number of threads

import torch
import torch.nn.functional as F
from decoder import Decoder

LANGUAGE_MODEL = "llama_model.base_model.model."
samples, time = batch["inputIds"].shape
decoder = Decoder(config["languageModel"], time, LANGUAGE_MODEL)
is_soft = (batch["spliceIndex"] >= 0).unsqueeze(-1)
soft_rows = batch["spliceIndex"].clamp(min=0)


def linear(x, name):
    return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])


def layer_norm(x, name, epsilon):
    return F.layer_norm(x, (x.shape[-1],), weights[name + ".weight"], weights[name + ".bias"], epsilon)


def multi_head(query, key, value, heads):
    """Attention without projections, `[rows, time, width]`."""

    def split(x):
        return x.unflatten(-1, (heads, -1)).transpose(1, 2)

    heard = dot_product_attention(split(query), split(key), split(value))
    return heard.transpose(1, 2).flatten(2)


def torch_attention(query, states, scope, heads):
    """`torch.nn.MultiheadAttention`, key and value from the same states in one product."""
    width = query.shape[-1]
    matrix, bias = weights[scope + ".in_proj_weight"], weights[scope + ".in_proj_bias"]
    asked = F.linear(query, matrix[:width], bias[:width])
    key, value = F.linear(states, matrix[width:], bias[width:]).chunk(2, -1)
    return linear(multi_head(asked, key, value, heads), scope + ".out_proj")


def bert_attention(x, states, scope, heads, epsilon):
    query, key, value = (
        linear(source, f"{scope}.self.{name}") for source, name in ((x, "query"), (states, "key"), (states, "value"))
    )
    closed = linear(multi_head(query, key, value, heads), scope + ".output.dense") + x
    return layer_norm(closed, scope + ".output.LayerNorm", epsilon)


def q_former(queries, states, scope, sizes):
    heads, epsilon = sizes["heads"], sizes["layerNormEpsilon"]
    x = layer_norm(queries, scope + ".embeddings.LayerNorm", epsilon)
    for index in range(sizes["layers"]):
        layer = f"{scope}.encoder.layer.{index}"
        x = bert_attention(x, x, layer + ".attention", heads, epsilon).expand(states.shape[0], -1, -1)
        x = bert_attention(x, states, layer + ".crossattention", heads, epsilon)
        inner = F.gelu(linear(x, layer + ".intermediate_query.dense"))
        x = layer_norm(linear(inner, layer + ".output_query.dense") + x, layer + ".output_query.LayerNorm", epsilon)
    return x


def adapter(features, sizes, queries, positions, former, projection):
    timed = features + weights[positions + ".weight"][: features.shape[1]]
    return linear(q_former(weights[queries], timed, former + ".bert", sizes), projection)


def face_tokens(features):
    query = weights["facial_encoder.query"].expand(features.shape[0], -1, -1)
    read = torch_attention(query, features, "facial_encoder.attn", config["faceEncoder"]["temporalHeads"])
    return linear(F.gelu(linear(read, "facial_encoder.face_proj.0")), "facial_encoder.face_proj.3")


def fusion_token(audio_levels, scene_levels):
    sizes, scope = config["fusion"], "multi_multiscale_fusion"
    epsilon = sizes["layerNormEpsilon"]
    asking, asked = linear(audio_levels, scope + ".audio_proj"), linear(scene_levels, scope + ".visual_proj")
    means = []
    for index in range(sizes["experts"]):
        queries, block = asking[:, :, index], f"{scope}.ffns.{index}"
        x = torch_attention(queries, asked[:, :, index], f"{scope}.cross_attns.{index}", sizes["heads"]) + queries
        inner = F.gelu(linear(layer_norm(x, block + ".0", epsilon), block + ".1"))
        means.append((x + linear(inner, block + ".4")).mean(1))
    scores = linear(F.gelu(linear(torch.cat(means, -1), scope + ".gate_mlp.0")), scope + ".gate_mlp.3")
    fused = (scores.softmax(-1).unsqueeze(1) @ torch.stack(means, 1)).squeeze(1)
    return linear(fused, "multi_llama_proj").unsqueeze(1)


def soft_tokens():
    video, audio = config["videoAdapter"], config["audioAdapter"]
    branches = [
        adapter(batch["sceneFeatures"], video, "video_query_tokens", "video_frame_position_embedding", "video_Qformer", "video_proj"),
        face_tokens(batch["faceFeatures"]),
        adapter(batch["audioFeatures"], audio, "audio_query_tokens", "audio_position_embedding", "audio_Qformer", "audio_llama_proj"),
        fusion_token(batch["audioLevels"], batch["sceneLevels"]),
    ]
    return torch.cat(branches, 1).flatten(0, 1)


def loss_of():
    embedded = torch.where(is_soft, soft_tokens()[soft_rows], decoder.embed(batch["inputIds"]))
    supervised = decoder.hidden(embedded).flatten(0, 1)[batch["rows"]]
    return F.cross_entropy(decoder.logits(supervised), batch["targets"])


serve(loss_of)
