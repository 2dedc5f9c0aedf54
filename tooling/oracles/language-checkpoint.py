"""Language models as people have them, with all that belongs to one: a GGUF file, and a Hugging Face folder.

Writes to packages/lm-lora/src/__fixtures__/language-checkpoint/ (about 200 kB):
- `llama.gguf`: a Llama decoder in float16, query and key rows permuted as llama.cpp's converter does, separate head, with the
  vocabulary of `tokenizer.json`, a token put first, and a chat template that writes that token, too.
- `qwen2/`: a Qwen2 decoder with tied head, as `save_pretrained` writes it in float16; `tokenizer.json`, `tokenizer_config.json` with a chat
  template that refuses unknown roles, `generation_config.json` with two end tokens.
- `expected.json`: for each of them the conversation, its text and ids as transformers' `apply_chat_template` gives them, and 24 greedy
  tokens of the model in float32 with the margin of each over the next best.
"""

import json
import shutil

import gguf
import numpy
import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from common import fixture_path, randomise, versions
from gguf_files import add_byte_level_tokens, add_decoder_sizes, finish, permuted

SEED = 411
GREEDY_TOKENS = 24
FOLDER = fixture_path("lm-lora", "language-checkpoint")
TOKENIZER = fixture_path("lm-lora", "tokenizer.json")
SIZES = dict(vocab_size=600, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=2048, rms_norm_eps=1e-5, hidden_act="silu")  # fmt: skip
BEGIN, TURN, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
TURNS = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
OPENING = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
LLAMA_TEMPLATE = "{{ bos_token }}" + TURNS + OPENING
QWEN_TEMPLATE = (
    "{% for m in messages %}{% if m['role'] not in ['system', 'user', 'assistant'] %}"
    "{{ raise_exception('unknown role ' + m['role']) }}{% endif %}{% endfor %}" + TURNS + OPENING
)
MESSAGES = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "How does the speaker feel? \U0001f642"}]


def tokenizer_with(template: str, **special) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER), chat_template=template, eos_token=END, pad_token=END, **special)


def rounded(model):
    """Weights as they are stored, computed in float32."""
    randomise(model, SEED, gain=1.5)
    return model.half().float().eval()


@torch.no_grad()
def expected(model, tokenizer, ends) -> dict:
    text = tokenizer.apply_chat_template(MESSAGES, tokenize=False, add_generation_prompt=True)
    ids = tokenizer.encode(text, add_special_tokens=False)
    greedy, margins = [], []
    for _ in range(GREEDY_TOKENS):
        best = model(torch.tensor([ids + greedy])).logits[0, -1].topk(2)
        greedy.append(int(best.indices[0]))
        margins.append(round(float(best.values[0] - best.values[1]), 5))
        if greedy[-1] in ends:
            break
    return {"text": text, "ids": ids, "greedyIds": greedy, "margins": margins}


def write_gguf(model, tokenizer) -> None:
    config, path = model.config, FOLDER / "llama.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    add_decoder_sizes(writer, config)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(20000.0)
    writer.add_vocab_size(config.vocab_size)
    tokens = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    add_byte_level_tokens(writer, json.loads(TOKENIZER.read_text()), tokens)
    writer.add_bos_token_id(tokenizer.convert_tokens_to_ids(BEGIN))
    writer.add_eos_token_id(tokenizer.convert_tokens_to_ids(END))
    writer.add_add_bos_token(True)
    writer.add_chat_template(LLAMA_TEMPLATE)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        data = tensor.numpy().astype(numpy.float16 if tensor.ndim == 2 else numpy.float32)
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), permuted(name, data, config))
    finish(writer)


def write_folder(model, tokenizer, ends) -> None:
    folder = FOLDER / "qwen2"
    model.generation_config.eos_token_id = ends
    model.half().save_pretrained(folder)
    shutil.copyfile(TOKENIZER, folder / "tokenizer.json")
    settings = {"chat_template": tokenizer.chat_template, "eos_token": END, "pad_token": END}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    llama = rounded(LlamaForCausalLM(LlamaConfig(**SIZES, rope_theta=20000.0, tie_word_embeddings=False)))
    llama_tokenizer = tokenizer_with(LLAMA_TEMPLATE, bos_token=BEGIN)
    qwen2 = rounded(Qwen2ForCausalLM(Qwen2Config(**SIZES, rope_theta=1e6, tie_word_embeddings=True)))
    qwen2_tokenizer = tokenizer_with(QWEN_TEMPLATE)
    ends = [llama_tokenizer.convert_tokens_to_ids(token) for token in (END, BEGIN)]
    cases = {"llama": expected(llama, llama_tokenizer, ends), "qwen2": expected(qwen2, qwen2_tokenizer, ends)}
    write_gguf(llama, llama_tokenizer)
    write_folder(qwen2, qwen2_tokenizer, ends)
    about = {"generator": "tooling/oracles/language-checkpoint.py", "seed": SEED, "versions": versions(transformers, numpy)}
    content = {"about": about, "messages": MESSAGES, "endIds": ends, "cases": cases}
    (FOLDER / "expected.json").write_text(json.dumps(content, indent=1) + "\n")
    for name, case in cases.items():
        print(name, len(case["greedyIds"]), "tokens, smallest margin", min(case["margins"]))
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            path.chmod(0o644)
            print(path.relative_to(FOLDER), path.stat().st_size)


main()
