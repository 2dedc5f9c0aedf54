"""Shared parts of the oracle scripts that write GGUF files as llama.cpp's converter does."""

import gguf
import numpy

GGUF_VERSION = "0.19.0"  # the package does not tell


def add_decoder_sizes(writer: gguf.GGUFWriter, config) -> None:
    """The fields every decoder has, from a Hugging Face configuration."""
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)


def add_byte_level_tokens(writer: gguf.GGUFWriter, tokenizer: dict, tokens: list[str] | None = None) -> dict[str, int]:
    """Vocabulary and merges of a `tokenizer.json`; `tokens` where some were added later. Gives the special ones with their ids."""
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    if tokens is None:
        numbered = sorted((tokenizer["model"]["vocab"] | special).items(), key=lambda item: item[1])
        assert [number for _, number in numbered] == list(range(len(numbered)))
        tokens = [token for token, _ in numbered]
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if token in special else gguf.TokenType.NORMAL for token in tokens])
    writer.add_token_merges(merges)
    return special


def permuted(name: str, weights: numpy.ndarray, config) -> numpy.ndarray:
    """Order of rows in llama.cpp: rows i and i + headDim / 2 of a query or key head become neighbours (convert_hf_to_gguf.py, LlamaModel.permute)."""
    heads = {"q_proj.weight": config.num_attention_heads, "k_proj.weight": config.num_key_value_heads}.get(".".join(name.split(".")[-2:]))
    if heads is None:
        return numpy.ascontiguousarray(weights)
    rows = weights.shape[0]
    return numpy.ascontiguousarray(weights.reshape(heads, 2, rows // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape))


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
