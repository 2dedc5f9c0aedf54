"""Trains the tokenizer of the tiny preset.

    python scripts/train-tokenizer.py runs/tiny/corpus.jsonl packages/weights-tiny/model/language-model

Byte-level BPE with the pre-tokenisation and normalisation of Qwen2 (one digit per piece) on the texts that
`scripts/export-corpus.mjs` draws. Needs `tokenizers` (0.20 or newer). The result follows from the corpus alone: ids 0-255 are
the bytes, then the merges in the order found, then the special tokens.
"""

import collections
import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

VOCABULARY = 4096
MAX_LENGTH = 1024
SPECIALS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<ImageHere>",
    "<AudioHere>",
    "<FrameHere>",
    "<FaceHere>",
    "<MultiHere>",
]
# The pattern of Qwen2's published tokenizer.json.
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def train(texts: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(fuse_unk=False, byte_fallback=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in SPECIALS])
    assert tokenizer.get_vocab_size() == VOCABULARY, tokenizer.get_vocab_size()
    return tokenizer


def report(tokenizer: Tokenizer, rows: list[list[str]]) -> None:
    """Tokens of prompts and answers by task: mean, and the longest of both together."""
    lengths = collections.defaultdict(list)
    for task, prompt, answer in rows:
        lengths[task].append((len(tokenizer.encode(prompt).ids), len(tokenizer.encode(answer).ids)))
    for task, pairs in sorted(lengths.items()):
        prompts, answers = (sum(column) / len(pairs) for column in zip(*pairs))
        longest = max(prompt + answer for prompt, answer in pairs)
        print(f"{task:6} prompt {prompts:6.1f}  answer {answers:5.1f}  longest {longest}")


def main(corpus: str, folder: str) -> None:
    with open(corpus, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    tokenizer = train([text for _, prompt, answer in rows for text in (prompt, answer)])
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(target / "tokenizer.json"))
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "add_prefix_space": False,
        "add_bos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": MAX_LENGTH,
        "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>",
        "pad_token": "<|im_end|>",
        "unk_token": None,
        "additional_special_tokens": SPECIALS,
    }
    (target / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    report(tokenizer, rows[:12000])


if __name__ == "__main__":
    main(*sys.argv[1:])
