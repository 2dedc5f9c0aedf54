"""Oracle of the audio encoder: Hugging Face HubertModel (both published variants) and its feature extractor.

Regenerate: /path/to/venv/bin/python tooling/oracles/hubert.py
Writes packages/audio-encoder/src/__fixtures__/{hubert-large,hubert-base,hubert-normalise}.safetensors.

hubert-large  the large layout: layer norm in every convolution layer, stable (pre-norm) encoder, no convolution bias
hubert-base   the base layout: group norm in the first convolution layer only, post-norm encoder, no convolution bias
  weights.*            names as in published checkpoints. The positional convolution is weight-normalised (over dim 2: one
                       magnitude per kernel tap); both spellings are stored and hold the same numbers:
                         old  encoder.pos_conv_embed.conv.weight_g [1, 1, kernel]       weight_v [hidden, hidden/groups, kernel]
                         new  encoder.pos_conv_embed.conv.parametrizations.weight.original0 / .original1
                       Effective kernel: weight_g * weight_v / norm(weight_v over dims 0 and 1), stored as
                       output.pos_conv_weight for reference.
  input.input_values   [2, 6400] (not normalised; the model takes it as it is)
  output.extract_features        [2, 19, 16], convolution stack, channels last, before the feature projection
  output.feature_projection      [2, 19, 32]
  output.hidden_states.0 … .4    [2, 19, 32], by the convention of transformers 4.x, which the published model was written
                                 against: 0 is the input of layer 1, k the output of layer k, and in the large layout the
                                 last one is taken AFTER the final encoder layer norm. transformers 5 returns it before
                                 that norm; that tensor is kept as output.last_layer_before_norm (large only).
  output.last_hidden_state       [2, 19, 32], equal to output.hidden_states.4
hubert-normalise
  input.waveforms      [2, 3200], rows with different mean and scale
  output.global_2d     [2, 3200]: the extractor given one 2-D array takes it as ONE item, so mean and variance run over all
                       its values
  output.per_row       [2, 3200]: the extractor given a list of rows
  Both are (x - mean) / sqrt(variance + 1e-7) with the population variance.
"""

import numpy
import torch
import transformers
from transformers import HubertConfig, HubertModel, Wav2Vec2FeatureExtractor

from common import fixture_path, prefixed, randomise, save_fixture, seeded_normal

SEED = 20240602
KEYS = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps",
        "feat_extract_norm", "feat_extract_activation", "conv_dim", "conv_kernel", "conv_stride", "conv_bias",
        "num_conv_pos_embeddings", "num_conv_pos_embedding_groups", "do_stable_layer_norm", "feat_proj_layer_norm",
        "conv_pos_batch_norm"]
PARAMETRISED = "encoder.pos_conv_embed.conv.parametrizations.weight."
OLD_NAMES = {"original0": "weight_g", "original1": "weight_v"}


def model_fixture(file_name: str, norm: str, stable: bool, seed: int) -> None:
    config = HubertConfig(
        vocab_size=8, hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64, hidden_act="gelu",
        layer_norm_eps=1e-5, feat_extract_norm=norm, feat_extract_activation="gelu", conv_dim=(16,) * 7,
        conv_kernel=(10, 3, 3, 3, 3, 2, 2), conv_stride=(5, 2, 2, 2, 2, 2, 2), conv_bias=False, num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4, do_stable_layer_norm=stable, feat_proj_layer_norm=True, hidden_dropout=0.0,
        activation_dropout=0.0, attention_dropout=0.0, feat_proj_dropout=0.0, layerdrop=0.0, apply_spec_augment=False,
    )
    config._attn_implementation = "eager"
    model = HubertModel(config).eval()
    randomise(model, seed, gain=1.4)
    waveform = seeded_normal((2, 6400), seed + 1)
    # A low tone under the noise in the second row, so that rows differ in more than the draw.
    waveform[1] += 2 * torch.sin(torch.arange(6400) * 0.05)
    kept = {}
    model.feature_extractor.register_forward_hook(lambda _m, _i, out: kept.update(extract=out.transpose(1, 2)))
    model.feature_projection.register_forward_hook(
        lambda _m, _i, out: kept.update(projection=out[0] if isinstance(out, tuple) else out))
    with torch.no_grad():
        result = model(waveform, output_hidden_states=True)
    assert len(result.hidden_states) == 5
    weights = dict(model.state_dict())
    for new, old in OLD_NAMES.items():
        weights[f"encoder.pos_conv_embed.conv.{old}"] = weights[PARAMETRISED + new]
    magnitude, direction = weights[PARAMETRISED + "original0"], weights[PARAMETRISED + "original1"]
    kernel = magnitude * direction / direction.norm(dim=(0, 1), keepdim=True)
    assert torch.allclose(kernel, model.encoder.pos_conv_embed.conv.weight, atol=1e-6)
    tensors = prefixed("weights", weights)
    tensors["input.input_values"] = waveform
    tensors["output.extract_features"] = kept["extract"]
    tensors["output.feature_projection"] = kept["projection"]
    tensors["output.pos_conv_weight"] = kernel
    states = list(result.hidden_states)
    with torch.no_grad():
        if stable and torch.allclose(model.encoder.layer_norm(states[-1]), result.last_hidden_state, atol=1e-5):
            tensors["output.last_layer_before_norm"] = states[-1]
            states[-1] = result.last_hidden_state
    assert torch.allclose(states[-1], result.last_hidden_state, atol=1e-6)
    for index, state in enumerate(states):
        tensors[f"output.hidden_states.{index}"] = state
    tensors["output.last_hidden_state"] = result.last_hidden_state
    values = {key: getattr(config, key) for key in KEYS if hasattr(config, key)}
    save_fixture(
        fixture_path("audio-encoder", file_name), tensors, module="transformers.HubertModel",
        config={"model_type": "hubert", **values}, seed=seed, generator="tooling/oracles/hubert.py", used=(transformers,),
        note="pos_conv_embed is stored under both the weight_g/weight_v and the parametrizations names",
    )


def normalisation() -> None:
    waveforms = seeded_normal((2, 3200), SEED + 20)
    waveforms[0] = 0.3 * waveforms[0] + 0.05
    waveforms[1] = 0.02 * waveforms[1] - 0.2
    extractor = Wav2Vec2FeatureExtractor(feature_size=1, sampling_rate=16000, padding_value=0.0, do_normalize=True,
                                         return_attention_mask=True)
    # A torch tensor with two axes is no list, and "batched" is only recognised for lists and numpy arrays: it becomes one item.
    joint = extractor(waveforms, sampling_rate=16000, return_tensors="pt").input_values
    joint = joint.reshape(2, 3200)
    rows = extractor([row.numpy() for row in waveforms], sampling_rate=16000, return_tensors="pt").input_values
    expected = (waveforms - waveforms.mean()) / torch.sqrt(waveforms.var(unbiased=False) + 1e-7)
    print(f"  2-D tensor against global statistics: max difference {float((joint - expected).abs().max()):.2e}")
    assert torch.allclose(joint, expected, atol=1e-5)
    assert not torch.allclose(joint, rows, atol=1e-2)
    save_fixture(
        fixture_path("audio-encoder", "hubert-normalise.safetensors"),
        {"input.waveforms": waveforms, "output.global_2d": joint, "output.per_row": rows},
        module="transformers.Wav2Vec2FeatureExtractor",
        config={"do_normalize": True, "sampling_rate": 16000, "return_attention_mask": True, "variance_epsilon": 1e-7},
        seed=SEED, generator="tooling/oracles/hubert.py", used=(transformers, numpy),
    )


if __name__ == "__main__":
    model_fixture("hubert-large.safetensors", "layer", True, SEED)
    model_fixture("hubert-base.safetensors", "group", False, SEED + 100)
    normalisation()
