"""Random tensors in the layout of the checkpoints that the released training code saves, at any size, for `convert.py` and `full-size.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

Tensors = dict[str, torch.Tensor]
EXPERTS = 3
QFORMER_LAYERS = 2
WINDOW_PAIRS = 7**4


@dataclass(frozen=True)
class Sizes:
    """Widths of the trained parts."""

    encoder: int
    language_model: int
    queries: int  # of a Q-Former
    qformer: int
    qformer_mlp: int
    frame_positions: int
    audio_positions: int
    face_queries: int
    face: int
    face_mlp: int
    fusion: int


class TrainedParts:
    """What trains in the released model, drawn by `normal(*shape)`, with the buffers and unused layers that its files keep."""

    def __init__(self, sizes: Sizes, normal: Callable[..., torch.Tensor]) -> None:
        self.sizes, self.normal = sizes, normal

    def linear(self, name: str, out_dim: int, in_dim: int) -> Tensors:
        return {f"{name}.weight": self.normal(out_dim, in_dim), f"{name}.bias": self.normal(out_dim)}

    def norm(self, name: str, width: int) -> Tensors:
        return {f"{name}.weight": self.normal(width), f"{name}.bias": self.normal(width)}

    def qformer(self, kind: str, positions: str, rows: int, projection: str) -> Tensors:
        sizes, normal, linear, norm = self.sizes, self.normal, self.linear, self.norm
        hidden, bert, tensors = sizes.qformer, f"{kind}_Qformer.bert.", {}
        tensors |= {f"{kind}_query_tokens": normal(1, sizes.queries, hidden), f"{positions}.weight": normal(rows, sizes.encoder)}
        tensors |= norm(bert + "embeddings.LayerNorm", hidden) | {bert + "embeddings.position_ids": torch.arange(512)[None]}
        for index in range(QFORMER_LAYERS):
            layer = f"{bert}encoder.layer.{index}."
            for attention, width in (("attention", hidden), ("crossattention", sizes.encoder)):
                tensors |= linear(f"{layer}{attention}.self.query", hidden, hidden)
                tensors |= linear(f"{layer}{attention}.self.key", hidden, width) | linear(f"{layer}{attention}.self.value", hidden, width)
                tensors |= linear(f"{layer}{attention}.output.dense", hidden, hidden) | norm(f"{layer}{attention}.output.LayerNorm", hidden)
            tensors |= linear(layer + "intermediate_query.dense", sizes.qformer_mlp, hidden)
            tensors |= linear(layer + "output_query.dense", hidden, sizes.qformer_mlp) | norm(layer + "output_query.LayerNorm", hidden)
        return tensors | linear(projection, sizes.language_model, hidden)

    def face(self) -> Tensors:
        sizes, normal, width = self.sizes, self.normal, self.sizes.face
        tensors = {"facial_encoder.query": normal(sizes.face_queries, width), "facial_encoder.attn.in_proj_weight": normal(3 * width, width)}
        tensors |= {"facial_encoder.attn.in_proj_bias": normal(3 * width)} | self.linear("facial_encoder.attn.out_proj", width, width)
        tensors |= self.norm("facial_encoder.lynorm", width) | self.linear("facial_encoder.face_proj.0", sizes.face_mlp, width)
        tensors |= self.linear("facial_encoder.face_proj.3", sizes.language_model, sizes.face_mlp)
        index = torch.zeros(WINDOW_PAIRS, dtype=torch.int64)
        tensors["facial_encoder.facexformer.backbone.0.1.0.attn.relative_position_index"] = index
        tensors["facial_encoder.facexformer.pe_layer.positional_encoding_gaussian_matrix"] = normal(2, width // 2)
        return tensors

    def fusion(self) -> Tensors:
        encoder, hidden, linear = self.sizes.encoder, self.sizes.fusion, self.linear
        fusion = "multi_multiscale_fusion."
        tensors = linear(fusion + "audio_proj", hidden, encoder) | linear(fusion + "visual_proj", hidden, encoder)
        for index in range(EXPERTS):
            attention = f"{fusion}cross_attns.{index}."
            tensors |= {attention + "in_proj_weight": self.normal(3 * hidden, hidden), attention + "in_proj_bias": self.normal(3 * hidden)}
            tensors |= linear(attention + "out_proj", hidden, hidden) | self.norm(f"{fusion}ffns.{index}.0", hidden)
            tensors |= linear(f"{fusion}ffns.{index}.1", hidden, hidden) | linear(f"{fusion}ffns.{index}.4", hidden, hidden)
        tensors |= linear(fusion + "gate_mlp.0", hidden, EXPERTS * hidden) | linear(fusion + "gate_mlp.3", EXPERTS, hidden)
        tensors |= linear("multi_llama_proj", self.sizes.language_model, hidden)
        return tensors | linear("multi_audio_embs", encoder, encoder) | linear("multi_video_embs", encoder, encoder)

    def all(self) -> Tensors:
        sizes = self.sizes
        tensors = self.qformer("video", "video_frame_position_embedding", sizes.frame_positions, "video_proj")
        tensors |= self.qformer("audio", "audio_position_embedding", sizes.audio_positions, "audio_llama_proj")
        tensors |= self.face()
        tensors["visual_encoder.vision_model.embeddings.position_ids"] = torch.arange(17)[None]
        return tensors | self.fusion() | self.linear("image_llama_proj", sizes.language_model, sizes.encoder)


def three_phases(trained: Tensors, matrices: Tensors, normal: Callable[..., torch.Tensor]) -> dict[str, Tensors]:
    """Phases that change different parts, by file name; the low-rank `matrices` count in the last one only."""
    first = trained | {name: normal(*value.shape) for name, value in matrices.items()}
    second = {
        name: normal(*value.shape) if value.is_floating_point() else value
        for name, value in first.items() if "multi_" in name or "_Qformer" in name
    }  # fmt: skip
    third = {name: normal(*first[name].shape) for name in ("video_query_tokens", "multi_llama_proj.weight")} | matrices
    return {"ckpt.pth": first, "ckpt_2.pth": second, "ckpt_3.pth": third}


def save_phase(path: Path, model: Tensors, optimizer: torch.optim.Optimizer) -> None:
    content = {"model": model, "optimizer": optimizer.state_dict(), "config": {"arch": "affectgpt"}, "scaler": None, "epoch": 1}
    torch.save(content, path)
