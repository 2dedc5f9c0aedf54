"""The files that people have at their full size, with random weights, and what the upstream models compute with them.

Regenerate: python tooling/oracles/full-size.py FOLDER [PART …]
Writes some 8 GB into FOLDER, in the layouts of the published repositories; nothing of it is committed. Parts, all unless named:
- `trained`: `ckpt.pth`, `ckpt_2.pth`, `ckpt_3.pth`, the three phases of the released training code, with optimizer moments
- `scene-encoder`: `clip-vit-large-patch14/`, CLIPModel with its text tower, model.safetensors
- `audio-encoder`: `chinese-hubert-large/pytorch_model.bin`, HubertModel, its weight norm in the published spelling
- `language-model`: `Qwen2.5-1.5B-Instruct/`, Qwen2ForCausalLM in bfloat16, sharded safetensors with index, and a tokenizer.json of the
  published size: the vocabulary of `lm-lora`'s tests, words that no text gives, and the special tokens at their published places
- `face-encoder`: `facexformer/model.pt`, torchvision's swin_b under `state_dict_backbone`; for a Python with torchvision
The last two need the files of `trained`. Beside them, in float32 but for frames and ids:
- `expected/scene-encoder.safetensors`: `input.frames` uint8 [1, 2, 3, 224, 224], `output.features` [1, 2, 1024] (class token of level 23),
  `output.levels` [1, 2, 3, 1024] (levels 12, 16, 22)
- `expected/audio-encoder.safetensors`: `input.samples` [1, 2, 32000], `output.features` [1, 2, 1024] (mean over time of the mean of
  levels 21 to 24), `output.levels` [1, 2, 3, 1024] (means over time of levels 16, 18, 22)
- `expected/face-encoder.safetensors`: `input.frames` uint8 [1, 2, 3, 224, 224], `output.features` [1, 2, 256], `output.tokens` [1, 4, 1536]
- `expected/language-model.safetensors`: `input.ids` [1, time] of the text in the header's `prompt`, `output.logits` [1, time, 151936] with
  the LoRA of `ckpt_3.pth`, `output.greedy_ids` [16] and the lead of each over the next best, `output.greedy_margins`
Read by packages/nano-emox/src/convert/full-size.slow.test.ts.
"""

import gc
import json
import sys
from pathlib import Path

import torch

from common import fixture_path, greedy, random_frame, randomise, seeded_normal, versions, write_safetensors
from published_layout import Sizes, Tensors, TrainedParts, save_phase, three_phases

SEED = 20264100
LAYERS, HIDDEN, KEYS, MLP, VOCABULARY = 28, 1536, 256, 8960, 151_936
PAPER = Sizes(
    encoder=1024, language_model=HIDDEN, queries=32, qformer=768, qformer_mlp=3072, frame_positions=32, audio_positions=8, face_queries=4,
    face=256, face_mlp=768, fusion=512,
)  # fmt: skip
RANK = 16
PROJECTIONS = {
    "self_attn.q_proj": (HIDDEN, HIDDEN), "self_attn.k_proj": (KEYS, HIDDEN), "self_attn.v_proj": (KEYS, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN), "mlp.gate_proj": (MLP, HIDDEN), "mlp.up_proj": (MLP, HIDDEN), "mlp.down_proj": (HIDDEN, MLP),
}  # fmt: skip
GREEDY_TOKENS = 16
LEAST_MARGIN = 0.005  # five times what logits may differ by
PROMPTS = ["The speaker feels", "Her voice is tired and slow", "他看起来很高兴，因为", "What happened to the child?", "We are proud of you"]
ENDS = {"<|endoftext|>": 151_643, "<|im_start|>": 151_644, "<|im_end|>": 151_645}

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "full-size")


def write_expected(part: str, tensors: Tensors, *used, **about: str) -> None:
    (folder / "expected").mkdir(exist_ok=True)
    for name, tensor in tensors.items():
        values = tensor.float()
        assert torch.isfinite(values).all(), name
        print(f"  {part} {name} {list(tensor.shape)} mean {values.mean():+.4f} std {values.std():.4f} largest {values.abs().max():.3f}", flush=True)
    facts = {"generator": "tooling/oracles/full-size.py", "versions": json.dumps(versions(*used)), "seed": str(SEED), **about}
    clean = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    write_safetensors(folder / "expected" / f"{part}.safetensors", clean, facts)


def trained() -> None:
    generator = torch.Generator().manual_seed(SEED)

    def normal(*shape: int) -> torch.Tensor:
        return (shape[-1] ** -0.5 if len(shape) > 1 else 0.2) * torch.randn(shape, generator=generator)

    matrices = {}
    for layer in range(LAYERS):
        for projection, (out_dim, in_dim) in PROJECTIONS.items():
            name = f"llama_model.base_model.model.model.layers.{layer}.{projection}"
            matrices[f"{name}.lora_A.default.weight"] = 0.25 * normal(RANK, in_dim)
            matrices[f"{name}.lora_B.default.weight"] = 0.25 * normal(out_dim, RANK)
    for name, phase in three_phases(TrainedParts(PAPER, normal).all(), matrices, normal).items():
        parameters = [torch.nn.Parameter(value) for value in phase.values() if value.is_floating_point()]
        for parameter in parameters:
            parameter.grad = torch.zeros_like(parameter)
        optimizer = torch.optim.AdamW(parameters, lr=0.0, weight_decay=0.0)
        optimizer.step()  # moments, which real files hold, too
        save_phase(folder / name, phase, optimizer)


@torch.no_grad()
def scene_encoder() -> None:
    import transformers

    vision = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16, image_size=224, patch_size=14)
    text = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
    config = transformers.CLIPConfig(vision_config={**vision, "hidden_act": "quick_gelu"}, text_config=text, projection_dim=768)
    model = transformers.CLIPModel(config).eval()
    randomise(model, SEED + 1)
    model.save_pretrained(folder / "clip-vit-large-patch14")
    frames = torch.cat([random_frame(224, 224, SEED + 10 + index) for index in range(2)])
    processor_class = getattr(transformers, "CLIPImageProcessorPil", None) or transformers.CLIPImageProcessor
    pixels = processor_class()(images=[frame.numpy() for frame in frames], return_tensors="pt", input_data_format="channels_first")
    states = model.vision_model(pixel_values=pixels["pixel_values"], output_hidden_states=True).hidden_states
    class_tokens = [state[:, 0][None] for state in states]
    outputs = {"output.features": class_tokens[23], "output.levels": torch.stack([class_tokens[level] for level in (12, 16, 22)], dim=2)}
    write_expected("scene-encoder", {"input.frames": frames[None], **outputs}, transformers)


@torch.no_grad()
def audio_encoder() -> None:
    import transformers

    config = transformers.HubertConfig(
        hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096, feat_extract_norm="layer",
        conv_bias=False, do_stable_layer_norm=True, num_conv_pos_embeddings=128, num_conv_pos_embedding_groups=16,
    )  # fmt: skip
    model = transformers.HubertModel(config).eval()
    randomise(model, SEED + 2)
    state = {}
    for name, value in model.state_dict().items():
        # The published file is older than weight norm as a parametrisation.
        state[name.replace("parametrizations.weight.original0", "weight_g").replace("parametrizations.weight.original1", "weight_v")] = value
    target = folder / "chinese-hubert-large"
    target.mkdir(exist_ok=True)
    torch.save(state, target / "pytorch_model.bin")
    config.save_pretrained(target)
    samples = seeded_normal((2, 32_000), SEED + 20, scale=0.1) + 0.2 * torch.sin(torch.arange(32_000) * torch.tensor([[0.05], [0.21]]))
    extractor = transformers.Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)
    normalised = extractor(samples, sampling_rate=16_000, return_tensors="pt").input_values.reshape(2, 32_000)  # all clips as one item
    result = model(normalised, output_hidden_states=True)
    states = list(result.hidden_states)
    states[-1] = result.last_hidden_state  # after the final norm, as the version of transformers that was published with gave it
    means = [state.mean(dim=1)[None] for state in states]
    features = torch.stack([means[level] for level in (21, 22, 23, 24)]).mean(dim=0)
    levels = torch.stack([means[level] for level in (16, 18, 22)], dim=2)
    write_expected("audio-encoder", {"input.samples": samples[None], "output.features": features, "output.levels": levels}, transformers)


def write_tokenizer(target: Path) -> None:
    content = json.loads(fixture_path("lm-lora", "tokenizer.json").read_text())
    vocabulary, first_end = content["model"]["vocab"], min(ENDS.values())
    content["model"]["vocab"] = vocabulary | {f"Ġword{token}": token for token in range(len(vocabulary), first_end)}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    content["added_tokens"] = [{"id": token, "content": text, **flags} for text, token in ENDS.items()]
    (target / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


@torch.no_grad()
def write_language_model(target: Path) -> None:
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(
        vocab_size=VOCABULARY, hidden_size=HIDDEN, intermediate_size=MLP, num_hidden_layers=LAYERS, num_attention_heads=12,
        num_key_value_heads=2, max_position_embeddings=32_768, rms_norm_eps=1e-6, tie_word_embeddings=True, use_sliding_window=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6}, bos_token_id=ENDS["<|endoftext|>"], eos_token_id=ENDS["<|im_end|>"],
    )  # fmt: skip
    model = Qwen2ForCausalLM(config).eval()
    randomise(model, SEED + 3)
    model.model.embed_tokens.weight.mul_(0.2)  # as the tied head, larger ones would repeat the token they stand for
    model.generation_config.eos_token_id = [ENDS["<|im_end|>"], ENDS["<|endoftext|>"]]
    model.bfloat16().save_pretrained(target, max_shard_size="2GB")
    write_tokenizer(target)


@torch.no_grad()
def language_model() -> None:
    import peft
    import transformers
    from tokenizers import Tokenizer

    target = folder / "Qwen2.5-1.5B-Instruct"
    write_language_model(target)
    gc.collect()
    model = transformers.Qwen2ForCausalLM.from_pretrained(target, dtype=torch.float32).eval()
    targets = [name.rpartition(".")[2] for name in PROJECTIONS]
    lora = peft.get_peft_model(model, peft.LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=targets, task_type="CAUSAL_LM")).eval()
    last = torch.load(folder / "ckpt_3.pth", mmap=True)["model"]
    matrices = {name.removeprefix("llama_model."): value for name, value in last.items() if "lora_" in name}
    assert not lora.load_state_dict(matrices, strict=False).unexpected_keys
    tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
    for prompt in PROMPTS:
        ids = torch.tensor([[ENDS["<|im_start|>"], *tokenizer.encode(prompt, add_special_tokens=False).ids]])
        greedy_ids, margins = greedy(lora, ids, GREEDY_TOKENS)
        print(f"  {prompt!r}: smallest margin {margins.min():.4f}, {len(set(greedy_ids.tolist()))} distinct tokens", flush=True)
        if margins.min() > LEAST_MARGIN and len(set(greedy_ids.tolist())) > GREEDY_TOKENS // 4:
            break
    else:
        raise RuntimeError("no prompt with a clear greedy continuation: change the seed")
    outputs = {"output.logits": lora(input_ids=ids).logits, "output.greedy_ids": greedy_ids, "output.greedy_margins": margins}
    write_expected("language-model", {"input.ids": ids, **outputs}, transformers, peft, prompt=prompt)


@torch.no_grad()
def face_encoder() -> None:
    import torchvision

    from swin import TemporalQueries, facexformer_names, multi_scale_head, pooled_features, stage_outputs
    backbone = torchvision.models.swin_b().eval()
    randomise(backbone, SEED + 4)
    head = multi_scale_head(128, 256)
    randomise(head, SEED + 5)
    others = {"pe_layer.positional_encoding_gaussian_matrix": seeded_normal((2, 128), SEED + 6)}
    others["face_decoder.transformer.layers.0.self_attn.q_proj.weight"] = seeded_normal((256, 256), SEED + 7)
    (folder / "facexformer").mkdir(exist_ok=True)
    state = {**facexformer_names(backbone), **head.state_dict(), **others}
    torch.save({"state_dict_backbone": state}, folder / "facexformer" / "model.pt")

    prefix, saved = "facial_encoder.", torch.load(folder / "ckpt.pth", map_location="cpu")["model"]
    queries = TemporalQueries(256, 4, 4, 768, HIDDEN).eval()
    own = {name[len(prefix):]: value for name, value in saved.items() if name.startswith(prefix) and "facexformer" not in name}
    queries.load_state_dict(own)
    frames = torch.cat([random_frame(224, 224, SEED + 30 + index) for index in range(2)])
    stages = stage_outputs(backbone)
    backbone(frames.float())  # 0 to 255, as the published code does
    features = pooled_features(stages, head)[0][None]
    outputs = {"output.features": features, "output.tokens": queries(features)}
    write_expected("face-encoder", {"input.frames": frames[None], **outputs}, torchvision)


parts = [trained, scene_encoder, audio_encoder, language_model, face_encoder]

if __name__ == "__main__":
    folder.mkdir(parents=True, exist_ok=True)
    chosen = sys.argv[2:]
    for part in parts:
        name = part.__name__.replace("_", "-")
        if not chosen or name in chosen:
            print(name, flush=True)
            part()
            gc.collect()
