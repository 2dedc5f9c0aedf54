"""Fixtures for the checkpoint readers: small files as torch, safetensors, gguf and peft write them, and what is in them.

Into `engine`, folder `checkpoints/`:
- `training.pt`, `training-stream.pt`, `training-protocol-4.pt`: one training checkpoint (`model`, `optimizer`, `config`, `scaler`, `epoch`) in
  the ZIP form of torch >= 1.6, the stream before it, and with a newer pickle protocol. Its `model` holds every element type
  that is read, and views: transposed, sliced, repeated, sharing one storage, channels last, empty, without axes.
  (`training-stream.pt` has addresses of memory in it, so its bytes differ every time.)
- `training.safetensors`: all tensors of `model`, row-major; floats narrower than 32 bits widened by torch.
- `sharded/`: one state dict as two shards of safetensors and two of torch.save, with their indexes; `whole.safetensors` is all of it.
- `types.gguf`, `types.safetensors`: every element type that is read, and the values that gguf-py makes of it. Blocks of the
  K types are random bytes with finite scales, since gguf-py reads them only. Metadata of every type.
- `decoder.gguf`, `decoder.safetensors`: a Llama decoder, query and key rows permuted as llama.cpp's converter does, and its
  weights under Hugging Face names.
- `peft/`: an adapter written by `save_pretrained`.
Into `lm-lora`: `tokenizer-byte-level.gguf` (the vocabulary of its tokenizer.json), `tokenizer-sentence-piece.gguf` and
`tokenizer-sentence-piece.json` (a SentencePiece BPE model trained here on a few sentences, and its ids for some texts).
"""

import io
import json
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

import gguf
import numpy
import peft
import safetensors
import sentencepiece
import torch
import transformers
from safetensors.torch import save_file

from common import ROOT, fixture_path, versions
from gguf_files import GGUF_VERSION, add_byte_level_tokens, add_decoder_sizes, finish, permuted

SEED = 20261
MAX_TOTAL_BYTES = 300_000
generator = torch.Generator().manual_seed(SEED)
random = numpy.random.default_rng(SEED)
TARGET = ROOT / "packages" / "engine" / "src" / "checkpoints" / "__fixtures__"
# One text in the files: the library writes several entries of metadata in random order.
ABOUT = {
    "generator": "tooling/oracles/checkpoints.py",
    "versions": versions(numpy, safetensors, transformers, peft, sentencepiece) | {"gguf": GGUF_VERSION},
    "seed": SEED,
}
written: list[Path] = []


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=generator)


def wrote(path: Path) -> None:
    path.chmod(0o644)
    written.append(path)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size} bytes")


def save_tensors(name: str, tensors: dict) -> None:
    path = TARGET / name
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, str(path), metadata={"about": json.dumps(ABOUT, sort_keys=True)})
    wrote(path)


def widened(tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach()
    return tensor.float().clone() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor.clone()


def training_checkpoint() -> dict:
    base = normal(6, 8)
    volume = normal(3, 4, 5)
    model = OrderedDict(
        f32=normal(2, 3),
        f64=normal(4).double(),
        f16=normal(2, 5).half(),
        bf16=normal(7).bfloat16(),
        i64=torch.tensor([[-(2**62), 2**53 + 1, 0]]),
        i32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        i16=torch.tensor([-32768, 32767], dtype=torch.int16),
        i8=torch.tensor([-128, 127, 0], dtype=torch.int8),
        u8=torch.tensor([0, 255, 7], dtype=torch.uint8),
        bool=torch.tensor([[True, False], [False, True]]),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(normal(3)),
    )
    model["whole"] = base
    model["transposed"] = base.t()
    model["sliced"] = base[1:5:2, 2:7]
    model["column"] = base[:, 3]
    model["offset"] = base[4]
    model["repeated"] = base[0:1].expand(3, 8)
    model["permuted"] = volume.permute(2, 0, 1)
    model["half_view"] = normal(4, 4).half().t()[1:]
    model["channels_last"] = normal(2, 3, 4, 5).to(memory_format=torch.channels_last)
    model["nested.name.weight"] = normal(1, 1, 3)
    model._metadata = OrderedDict({"": {"version": 1}})  # as state_dict() leaves it: an attribute of the dictionary
    layer = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.01, betas=(0.9, 0.95))
    layer(normal(4, 3)).sum().backward()
    optimizer.step()
    return {
        "model": model,
        "optimizer": optimizer.state_dict(),
        "config": {"arch": "nano", "sizes": [1, 2, 3], "nested": {"on": True, "none": None}, "text": "naïve 😀"},
        "scaler": {"scale": 65536.0, "growth_interval": 2000},
        "epoch": 7,
        "large": 2**60,
        "loss": numpy.float64(0.125),
        "shape": torch.Size([2, 3]),
        "device": torch.device("cpu"),
        "dtype": torch.bfloat16,
    }


def write_training() -> None:
    content = training_checkpoint()
    for name, options in {
        "training.pt": {},
        "training-stream.pt": {"_use_new_zipfile_serialization": False},
        "training-protocol-4.pt": {"pickle_protocol": 4},
    }.items():
        torch.save(content, TARGET / name, **options)
        wrote(TARGET / name)
    save_tensors("training.safetensors", {key: widened(tensor) for key, tensor in content["model"].items()})


def write_shards() -> None:
    folder = TARGET / "sharded"
    folder.mkdir(exist_ok=True)
    parts = [{"embed.weight": normal(4, 3), "layers.0.weight": normal(3, 3)}, {"layers.1.weight": normal(3, 3), "norm.weight": normal(3)}]
    for stem, ending, index_name in (
        ("model", "safetensors", "model.safetensors.index.json"),
        ("pytorch_model", "bin", "pytorch_model.bin.index.json"),
    ):
        weight_map = {}
        for number, part in enumerate(parts, 1):
            path = folder / f"{stem}-{number:05}-of-{len(parts):05}.{ending}"
            save_file(part, str(path), metadata={"format": "pt"}) if ending == "safetensors" else torch.save(part, path)
            wrote(path)
            weight_map |= {name: path.name for name in part}
        total = sum(tensor.nbytes for part in parts for tensor in part.values())
        (folder / index_name).write_text(json.dumps({"metadata": {"total_size": total}, "weight_map": weight_map}, indent=2) + "\n")
        wrote(folder / index_name)
    save_tensors("whole.safetensors", parts[0] | parts[1])


def random_blocks(kind: gguf.GGMLQuantizationType, rows: int, blocks: int, scale_offsets: tuple) -> numpy.ndarray:
    """Random bytes, with float16 numbers of moderate size where the block keeps its scales."""
    size = gguf.GGML_QUANT_SIZES[kind][1]
    data = random.integers(0, 256, (rows, blocks, size), dtype=numpy.uint8)
    for offset in scale_offsets:
        scales = random.uniform(-0.1, 0.1, (rows, blocks)).astype(numpy.float16)
        data[:, :, offset : offset + 2] = scales[..., None].view(numpy.uint8)
    return data.reshape(rows, blocks * size)


def write_gguf_types() -> None:
    kinds = gguf.GGMLQuantizationType
    writer = gguf.GGUFWriter(str(TARGET / "types.gguf"), "llama")
    writer.add_uint8("of.uint8", 255)
    writer.add_int8("of.int8", -128)
    writer.add_uint16("of.uint16", 65535)
    writer.add_int16("of.int16", -32768)
    writer.add_uint32("of.uint32", 2**32 - 1)
    writer.add_int32("of.int32", -(2**31))
    writer.add_uint64("of.uint64", 2**64 - 1)
    writer.add_int64("of.int64", -(2**63))
    writer.add_float32("of.float32", 0.1)
    writer.add_float64("of.float64", 0.1)
    writer.add_bool("of.bool", True)
    writer.add_string("of.string", "naïve 😀")
    writer.add_array("of.array", [1, 2, 3])
    writer.add_array("of.texts", ["a", "", "ü"])
    writer.add_array("of.floats", [0.5, -1.5])
    writer.add_custom_alignment(64)
    expected = {}

    def add(name: str, data: numpy.ndarray, kind) -> None:
        writer.add_tensor(name, data, raw_dtype=kind)
        expected[name] = torch.from_numpy(numpy.array(gguf.quants.dequantize(data, kind), dtype=numpy.float32))

    values = random.standard_normal((3, 96)).astype(numpy.float32)
    for kind in (kinds.F32, kinds.F16, kinds.BF16, kinds.Q4_0, kinds.Q4_1, kinds.Q5_0, kinds.Q5_1, kinds.Q8_0):
        add(kind.name, gguf.quants.quantize(values, kind), kind)
    # Extremes that quantising normal numbers does not reach: every code, negative scales.
    for kind, offsets in ((kinds.Q4_0, (0,)), (kinds.Q4_1, (0, 2)), (kinds.Q5_0, (0,)), (kinds.Q5_1, (0, 2)), (kinds.Q8_0, (0,))):
        add(f"random.{kind.name}", random_blocks(kind, 2, 4, offsets), kind)
    for kind, offsets in ((kinds.Q4_K, (0, 2)), (kinds.Q5_K, (0, 2)), (kinds.Q6_K, (208,))):
        add(kind.name, random_blocks(kind, 2, 2, offsets), kind)
    for name, dtype in (("I8", numpy.int8), ("I16", numpy.int16), ("I32", numpy.int32), ("I64", numpy.int64), ("F64", numpy.float64)):
        data = random.integers(-100, 100, (2, 5)).astype(dtype)
        writer.add_tensor(name, data)
        expected[name] = torch.from_numpy(data)
    finish(writer)
    wrote(TARGET / "types.gguf")
    save_tensors("types.safetensors", expected)


def write_decoder() -> None:
    config = transformers.LlamaConfig(
        vocab_size=24, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=64, rope_theta=50000.0, rms_norm_eps=1e-5, tie_word_embeddings=False,
    )  # fmt: skip
    torch.manual_seed(SEED)
    weights = {name: normal(*tensor.shape) for name, tensor in transformers.LlamaForCausalLM(config).state_dict().items()}
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    path = TARGET / "decoder.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    add_decoder_sizes(writer, config)
    writer.add_rope_freq_base(50000.0)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    for name, tensor in weights.items():
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), permuted(name, tensor.numpy(), config))
    finish(writer)
    wrote(path)
    save_tensors("decoder.safetensors", weights)


def write_adapter() -> None:
    config = transformers.Qwen2Config(
        vocab_size=16, hidden_size=8, intermediate_size=12, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
    )  # fmt: skip
    torch.manual_seed(SEED)
    lora = peft.LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM", init_lora_weights=False)
    model = peft.get_peft_model(transformers.Qwen2ForCausalLM(config), lora)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        (TARGET / "peft").mkdir(exist_ok=True)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            (TARGET / "peft" / name).write_bytes((Path(folder) / name).read_bytes())
        path = TARGET / "peft" / "adapter_config.json"
        config = json.loads(path.read_text())
        config["target_modules"].sort()  # a set in peft, in another order every time
        path.write_text(json.dumps(config, indent=2) + "\n")
        wrote(path)
        wrote(TARGET / "peft" / "adapter_model.safetensors")
    matrices = {name: tensor.detach().clone() for name, tensor in model.state_dict().items() if ".lora_" in name}
    save_tensors("peft-in-memory.safetensors", matrices)


TEXTS = [
    "The clip shows a calm face and a warm voice.",
    "  two leading spaces, 12 345 digits",
    "\n\tlines\nand tabs\n\n",
    "naïve café, 你好 мир 😀 👩‍👩‍👧",
    "don't we'll THEY'RE",
    "<|im_start|>user\nhi<|im_end|>",
    "a",
]


def write_byte_level() -> None:
    content = json.loads(fixture_path("lm-lora", "tokenizer.json").read_text())
    path = fixture_path("lm-lora", "tokenizer-byte-level.gguf")
    writer = gguf.GGUFWriter(str(path), "qwen2")
    special = add_byte_level_tokens(writer, content)
    writer.add_eos_token_id(special["<|im_end|>"])
    writer.add_bos_token_id(special["<|endoftext|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template("{% for message in messages %}{{ message['content'] }}{% endfor %}")
    finish(writer)
    wrote(path)


def write_sentence_piece() -> None:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([text for text in TEXTS if "<|" not in text] * 4 + ["the voice and the face of the calm people"] * 4),
        model_writer=model, vocab_size=360, model_type="bpe", byte_fallback=True, split_digits=True, character_coverage=0.98,
        hard_vocab_limit=False, normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
        num_threads=1, minloglevel=2,
    )  # fmt: skip
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    kinds = gguf.TokenType

    def kind(number: int) -> gguf.TokenType:
        if pieces.is_unknown(number):
            return kinds.UNKNOWN
        return kinds.CONTROL if pieces.is_control(number) else kinds.BYTE if pieces.is_byte(number) else kinds.NORMAL

    ids = range(pieces.get_piece_size())
    path = fixture_path("lm-lora", "tokenizer-sentence-piece.gguf")
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list([pieces.id_to_piece(number) for number in ids])
    writer.add_token_scores([pieces.get_score(number) for number in ids])
    writer.add_token_types([kind(number) for number in ids])
    writer.add_bos_token_id(pieces.bos_id())
    writer.add_eos_token_id(pieces.eos_id())
    writer.add_unk_token_id(pieces.unk_id())
    finish(writer)
    wrote(path)
    cases = [{"text": text, "ids": pieces.encode(text), "decoded": pieces.decode(pieces.encode(text))} for text in TEXTS]
    expected = fixture_path("lm-lora", "tokenizer-sentence-piece.json")
    expected.write_text(json.dumps({**ABOUT, "vocabularySize": len(ids), "cases": cases}, ensure_ascii=False, indent=1) + "\n")
    wrote(expected)


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    write_training()
    write_shards()
    write_gguf_types()
    write_decoder()
    write_adapter()
    write_byte_level()
    write_sentence_piece()
    total = sum(path.stat().st_size for path in written)
    if total > MAX_TOTAL_BYTES:
        sys.exit(f"{total} bytes exceed {MAX_TOTAL_BYTES}")
    print(f"{total} bytes")
