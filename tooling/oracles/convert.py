"""Files as people have them, tiny and random, for the conversion into a model folder, and what the upstream models compute with them.

Regenerate: /path/to/venv/bin/python tooling/oracles/convert.py
Writes packages/nano-emox/src/convert/__fixtures__/:
- `clip/`: CLIPModel with its text tower, sharded safetensors with index, as `save_pretrained` writes it
- `hubert/pytorch_model.bin`: HubertForCTC, so its names begin with `hubert.`
- `facexformer/model.pt`: random tensors under the names of the published file, key `state_dict_backbone`, with decoder and position encoding
- `qwen2/`: Qwen2ForCausalLM in bfloat16 (its tokenizer is that of `lm-lora`), `lora/`: an adapter of peft for it
- `ckpt.pth`, `ckpt_2.pth`, `ckpt_3.pth`: what the released training code saves, in three phases that change different parts
- `qwen2.gguf`: the same language model in Q4_0, Q4_1, Q8_0, F16 and F32, with its tokenizer
- `expected.safetensors`: `input.*` and `output.*` of the upstream models, `pth.*` the values that count after all three phases,
  `gguf.*` tensors of the GGUF file as gguf-py reads them, under Hugging Face names
"""

import json
import shutil
import sys
from pathlib import Path

import gguf
import numpy
import peft
import safetensors
import torch
import transformers

from common import ROOT, fixture_path, randomise, seeded_normal, versions, write_safetensors
from gguf_files import GGUF_VERSION, add_byte_level_tokens, add_decoder_sizes, finish
from published_layout import Sizes, TrainedParts, save_phase, three_phases

SEED = 20264
MAX_TOTAL_BYTES = 1_200_000
TARGET = ROOT / "packages" / "nano-emox" / "src" / "convert" / "__fixtures__"
DIM, LM = 16, 32
TRAINED = Sizes(
    encoder=DIM, language_model=LM, queries=4, qformer=24, qformer_mlp=32, frame_positions=32, audio_positions=8, face_queries=2,
    face=12, face_mlp=10, fusion=8,
)  # fmt: skip
generator = torch.Generator().manual_seed(SEED)
expected: dict[str, torch.Tensor] = {}


def normal(*shape: int) -> torch.Tensor:
    return 0.3 * torch.randn(shape, generator=generator)


@torch.no_grad()
def clip() -> None:
    shared = dict(hidden_size=DIM, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2)
    config = transformers.CLIPConfig(
        vision_config=dict(**shared, image_size=56, patch_size=14, hidden_act="quick_gelu"),
        text_config=dict(**shared, vocab_size=20, max_position_embeddings=8, eos_token_id=2, bos_token_id=1, pad_token_id=0),
        projection_dim=8,
    )
    model = transformers.CLIPModel(config).eval()
    randomise(model, SEED, gain=1.3)
    model.save_pretrained(TARGET / "clip", max_shard_size="30KB")
    pixels = seeded_normal((2, 3, 56, 56), SEED + 1)
    states = model.vision_model(pixel_values=pixels, output_hidden_states=True).hidden_states
    expected["input.clip"] = pixels
    expected["output.clip"] = torch.stack([state[:, 0] for state in states], dim=1)  # [images, levels, DIM]


@torch.no_grad()
def hubert() -> None:
    config = transformers.HubertConfig(
        vocab_size=8, hidden_size=DIM, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, feat_extract_norm="layer",
        conv_dim=(8,) * 7, conv_bias=False, num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2, do_stable_layer_norm=True,
        hidden_dropout=0.0, activation_dropout=0.0, attention_dropout=0.0, feat_proj_dropout=0.0, layerdrop=0.0,
        apply_spec_augment=False,
    )
    model = transformers.HubertForCTC(config).eval()
    randomise(model, SEED + 10, gain=1.3)
    (TARGET / "hubert").mkdir(exist_ok=True)
    torch.save(model.state_dict(), TARGET / "hubert" / "pytorch_model.bin")
    sound = seeded_normal((2, 3200), SEED + 11)
    expected["input.hubert"] = sound
    expected["output.hubert"] = model.hubert(sound, output_hidden_states=True).hidden_states[1].mean(dim=1)  # after layer 1


def swin_names() -> dict[str, torch.Tensor]:
    """As torchvision's SwinTransformer names them below FaceXFormer's `backbone`; one block a stage, widths 4 to 32."""
    tensors = {"0.0.0.weight": normal(4, 3, 4, 4), "0.0.0.bias": normal(4), "0.0.2.weight": normal(4), "0.0.2.bias": normal(4)}
    for stage, (width, heads) in enumerate(((4, 1), (8, 2), (16, 4), (32, 8))):
        block = f"0.{2 * stage + 1}.0."
        for norm in ("norm1", "norm2"):
            tensors |= {f"{block}{norm}.weight": normal(width), f"{block}{norm}.bias": normal(width)}
        tensors[block + "attn.relative_position_bias_table"] = normal(169, heads)
        tensors[block + "attn.relative_position_index"] = torch.zeros(2401, dtype=torch.int64)
        for name, shape in (("attn.qkv", (3 * width, width)), ("attn.proj", (width, width)), ("mlp.0", (4 * width, width)), ("mlp.3", (width, 4 * width))):
            tensors |= {f"{block}{name}.weight": normal(*shape), f"{block}{name}.bias": normal(shape[0])}
        if stage < 3:
            merging = f"0.{2 * stage + 2}."
            tensors[merging + "reduction.weight"] = normal(2 * width, 4 * width)
            tensors |= {merging + "norm.weight": normal(4 * width), merging + "norm.bias": normal(4 * width)}
    tensors |= {"1.weight": normal(32), "1.bias": normal(32)}
    return {f"backbone.{name}": tensor for name, tensor in tensors.items()}


def facexformer() -> None:
    state = swin_names()
    for stage, width in enumerate((4, 8, 16, 32)):
        state |= {f"linear_c.{stage}.proj.weight": normal(12, width), f"linear_c.{stage}.proj.bias": normal(12)}
    state["linear_fuse.weight"] = normal(12, 48, 1, 1)
    state["pe_layer.positional_encoding_gaussian_matrix"] = normal(2, 6)
    state["face_decoder.transformer.layers.0.self_attn.q_proj.weight"] = normal(12, 12)
    (TARGET / "facexformer").mkdir(exist_ok=True)
    torch.save({"state_dict_backbone": state, "epoch": 3}, TARGET / "facexformer" / "model.pt")
    expected["facexformer.linear_fuse.weight"] = state["linear_fuse.weight"]


@torch.no_grad()
def language_model() -> tuple[transformers.Qwen2ForCausalLM, dict[str, torch.Tensor]]:
    config = transformers.Qwen2Config(
        vocab_size=600, hidden_size=LM, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
        max_position_embeddings=128, rms_norm_eps=1e-6, tie_word_embeddings=True, bos_token_id=None, eos_token_id=594,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6}, use_sliding_window=False,
    )  # fmt: skip
    model = transformers.Qwen2ForCausalLM(config).eval()
    randomise(model, SEED + 20, gain=1.3)
    model.bfloat16().save_pretrained(TARGET / "qwen2")
    # Read again: what stands in memory has rounded rotary frequencies, too.
    model = transformers.Qwen2ForCausalLM.from_pretrained(TARGET / "qwen2", dtype=torch.float32).eval()
    shutil.copy(fixture_path("lm-lora", "tokenizer.json"), TARGET / "qwen2" / "tokenizer.json")
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    lora = peft.get_peft_model(model, peft.LoraConfig(r=4, lora_alpha=8, target_modules=targets, task_type="CAUSAL_LM")).eval()
    for index, (name, parameter) in enumerate(sorted(lora.named_parameters())):
        if "lora_" in name:
            parameter.copy_(seeded_normal(parameter.shape, SEED + 100 + index, scale=0.2))
    lora.save_pretrained(TARGET / "lora")
    (TARGET / "lora" / "README.md").unlink(missing_ok=True)
    path = TARGET / "lora" / "adapter_config.json"
    written = json.loads(path.read_text())
    written["target_modules"].sort()  # a set in peft, in another order every time
    written["base_model_name_or_path"] = None
    path.write_text(json.dumps(written, indent=2) + "\n")
    ids = torch.randint(0, 590, (1, 9), generator=torch.Generator().manual_seed(SEED))
    expected["input.qwen2"] = ids
    expected["output.qwen2"] = lora(input_ids=ids).logits
    with lora.disable_adapter():
        expected["output.qwen2-base"] = lora(input_ids=ids).logits
    matrices = {f"llama_model.{name}": value for name, value in lora.state_dict().items() if "lora_" in name}
    return lora.unload(), matrices


def gguf_file(model: transformers.Qwen2ForCausalLM) -> None:
    config, kinds = model.config, gguf.GGMLQuantizationType
    writer = gguf.GGUFWriter(str(TARGET / "qwen2.gguf"), "qwen2")
    add_decoder_sizes(writer, config)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    content = json.loads(fixture_path("lm-lora", "tokenizer.json").read_text())
    special = add_byte_level_tokens(writer, content)
    writer.add_eos_token_id(special["<|im_end|>"])
    writer.add_chat_template("{% for message in messages %}{{ message['content'] }}{% endfor %}")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, config.num_hidden_layers)
    chosen = {"q_proj": kinds.Q4_0, "k_proj": kinds.Q4_1, "v_proj": kinds.Q8_0, "o_proj": kinds.F16, "embed_tokens": kinds.Q8_0}
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        part, leaf = name.rsplit(".", 2)[-2:]
        kind = chosen.get(part, kinds.F32) if leaf == "weight" else kinds.F32
        data = gguf.quants.quantize(tensor.numpy(), kind)
        suffix = f".{leaf}"
        writer.add_tensor(names.get_name(name.removesuffix(suffix)) + suffix, data, raw_dtype=kind)
        if name.startswith("model.layers.0.self_attn."):
            expected[f"gguf.{name}"] = torch.from_numpy(numpy.array(gguf.quants.dequantize(data, kind), dtype=numpy.float32))
    finish(writer)


if __name__ == "__main__":
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    clip()
    hubert()
    facexformer()
    model, matrices = language_model()
    counted = {}
    for name, phase in three_phases(TrainedParts(TRAINED, normal).all(), matrices, normal).items():
        save_phase(TARGET / name, phase, torch.optim.AdamW([torch.nn.Parameter(normal(2))]))
        counted |= phase
    for name in ("audio_query_tokens", "video_query_tokens", "multi_llama_proj.weight", "multi_multiscale_fusion.gate_mlp.3.bias", "facial_encoder.query"):
        expected[f"pth.{name}"] = counted[name]
    gguf_file(model)
    clean = {name: tensor.detach().clone().contiguous() for name, tensor in expected.items()}
    about = {"generator": "tooling/oracles/convert.py", "versions": versions(transformers, peft, safetensors, numpy) | {"gguf": GGUF_VERSION}, "seed": SEED}
    write_safetensors(TARGET / "expected.safetensors", clean, {"about": json.dumps(about, sort_keys=True)})
    files = sorted(path for path in TARGET.rglob("*") if path.is_file())
    for path in files:
        path.chmod(0o644)
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size} bytes")
    total = sum(path.stat().st_size for path in files)
    print(f"{total} bytes")
    if total > MAX_TOTAL_BYTES:
        sys.exit(f"more than {MAX_TOTAL_BYTES}")
