"""Oracle of the face encoder's backbone: torchvision SwinTransformer (v1) at sizes that need padding, and the multi-scale head.

Regenerate: python3 tooling/oracles/swin.py      (a Python with torch and torchvision, e.g. Debian's python3-torchvision)
Writes packages/face-encoder/src/__fixtures__/swin.safetensors, swin-frame.safetensors with the tensors of the case `frame` (same
weights, kept apart for size), and temporal-queries.safetensors.

  weights.facexformer.backbone.0.*, backbone.1.*   torchvision's `features.*` and `norm.*` under FaceXFormer's names, with the
                                       int64 buffers `relative_position_index` as in the published file
  weights.facexformer.linear_c.{0..3}.proj.*, linear_fuse.weight   the head, width 12
  input.square    uint8 [1, 3, 112, 112]   maps 28, 14, 7, 4: no shift at 7; patch merging pads 7 to 8; window pads 4 to 7
  input.oblong    uint8 [1, 3, 88, 136]    maps 22x34, 11x17, 6x9, 3x5: padding and shift together, and at 6x9 a shift along
                                           the width only
  input.frame     uint8 [1, 3, 224, 224]   maps 56, 28, 14, 7
  All are fed as float 0..255 without scaling, as the published code does.
  output.<case>.stages.0 … .3    [1, height, width, channels], stage outputs before patch merging and before the final norm
                                 (square and oblong)
  output.<case>.features [1, 12] the full head: per-stage Linear, bilinear (align_corners=False) to the first map's size, concat
                                 [stage 4, 3, 2, 1], 1x1 convolution without bias, mean over all positions
  output.<case>.shortcut [1, 12] the same with the mean taken first, per stage; equal to `features` for `frame` (even factors);
                                 recorded for all cases so that a difference elsewhere is on record

temporal-queries.safetensors: the temporal half in eval mode, torch.nn.MultiheadAttention and two linear layers
  weights.query, attn.*, face_proj.{0,3}.*, lynorm.*   names as in Nano-EmoX checkpoints; `lynorm` is never called
  input.features  [2, 5, 16]
  output.tokens   [2, 3, 20]
"""

import torch
import torchvision
from torch import nn
from torch.nn import functional
from torchvision.models.swin_transformer import SwinTransformer

from common import fixture_path, prefixed, random_frame, randomise, save_fixture, seeded_normal

SEED = 20240606
EMBED, DEPTHS, HEADS, WINDOW, HEAD_WIDTH = 4, [2, 2, 2, 2], [1, 2, 4, 8], [7, 7], 12
CASES = {"square": (112, 112), "oblong": (88, 136), "frame": (224, 224)}


def multi_scale_head(embed: int, width: int) -> nn.ModuleDict:
    return nn.ModuleDict({
        "linear_c": nn.ModuleList(nn.ModuleDict({"proj": nn.Linear(embed * 2**stage, width)}) for stage in range(4)),
        "linear_fuse": nn.Conv2d(4 * width, width, 1, bias=False),
    }).eval()


def stage_outputs(backbone: SwinTransformer) -> list[torch.Tensor]:
    """Grows by the output of each stage, `[batch, height, width, channels]`, whenever the backbone runs."""
    stages = []
    for index in (1, 3, 5, 7):
        backbone.features[index].register_forward_hook(lambda _m, _i, out: stages.append(out))
    return stages


def pooled_features(stages: list[torch.Tensor], head: nn.ModuleDict) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The features of the head, and the maps of its linear layers."""
    # [batch, height, width, channels] -> per-pixel Linear -> [batch, width of head, height, width]
    maps = [head["linear_c"][stage]["proj"](stages[stage]).permute(0, 3, 1, 2) for stage in range(4)]
    size = maps[0].shape[2:]
    upsampled = [functional.interpolate(m, size=size, mode="bilinear", align_corners=False) for m in maps]
    return head["linear_fuse"](torch.cat(upsampled[::-1], dim=1)).mean(dim=(2, 3)), maps


def facexformer_names(backbone: SwinTransformer) -> dict[str, torch.Tensor]:
    tensors = {}
    for name, value in backbone.state_dict().items():
        if name.startswith("features."):
            tensors[f"backbone.0.{name[len('features.'):]}"] = value
        elif name.startswith("norm."):
            tensors[f"backbone.1.{name[len('norm.'):]}"] = value
    return tensors


@torch.no_grad()
def main() -> None:
    backbone = SwinTransformer(patch_size=[4, 4], embed_dim=EMBED, depths=DEPTHS, num_heads=HEADS, window_size=WINDOW,
                               mlp_ratio=4.0, num_classes=2, norm_layer=lambda width: nn.LayerNorm(width, eps=1e-5)).eval()
    randomise(backbone, SEED, gain=1.4)
    head = multi_scale_head(EMBED, HEAD_WIDTH)
    randomise(head, SEED + 1)
    stages = stage_outputs(backbone)
    tensors = prefixed("weights.facexformer", facexformer_names(backbone) | head.state_dict())

    for index, (case, (height, width)) in enumerate(CASES.items()):
        frame = random_frame(height, width, SEED + 10 + index)
        stages.clear()
        backbone(frame.float())
        features, maps = pooled_features(stages, head)
        means = torch.cat([m.mean(dim=(2, 3)) for m in maps[::-1]], dim=1)
        shortcut = functional.linear(means, head["linear_fuse"].weight[:, :, 0, 0])
        print(f"  {case}: maps {[tuple(s.shape[1:3]) for s in stages]}, full against pooled shortcut "
              f"{float((features - shortcut).abs().max()):.2e}")
        if case == "frame":
            assert torch.allclose(features, shortcut, atol=1e-4)
        else:
            for stage in range(4):
                tensors[f"output.{case}.stages.{stage}"] = stages[stage]
        tensors[f"input.{case}"] = frame
        tensors[f"output.{case}.features"] = features
        tensors[f"output.{case}.shortcut"] = shortcut

    frame_only = {name: tensors.pop(name) for name in list(tensors) if ".frame" in name}
    shared = dict(
        module="torchvision SwinTransformer + multi-scale head",
        config={"patch_size": 4, "embed_dim": EMBED, "depths": DEPTHS, "num_heads": HEADS, "window_size": WINDOW, "mlp_ratio": 4,
                "layer_norm_eps": 1e-5, "head_width": HEAD_WIDTH},
        seed=SEED, generator="tooling/oracles/swin.py", used=(torchvision,),
    )
    save_fixture(fixture_path("face-encoder", "swin.safetensors"), tensors, **shared)
    save_fixture(fixture_path("face-encoder", "swin-frame.safetensors"), frame_only, **shared, note="weights: swin.safetensors")


class TemporalQueries(nn.Module):
    """As the released facial encoder builds it: no residual, no norm, no frame positions."""

    def __init__(self, width: int, queries: int, heads: int, hidden: int, lm_dim: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.zeros(queries, width))
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.lynorm = nn.LayerNorm(width)
        self.face_proj = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, lm_dim))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        query = self.query.unsqueeze(0).repeat(features.shape[0], 1, 1)
        return self.face_proj(self.attn(query, features, features)[0])


@torch.no_grad()
def temporal_queries() -> None:
    config = {"width": 16, "queries": 3, "heads": 4, "hidden": 24, "lm_dim": 20}
    module = TemporalQueries(**config).eval()
    randomise(module, SEED + 30, gain=1.4)
    module.query.copy_(seeded_normal((3, 16), SEED + 31))
    features = seeded_normal((2, 5, 16), SEED + 32)
    tensors = {**prefixed("weights", module.state_dict()), "input.features": features, "output.tokens": module(features)}
    save_fixture(fixture_path("face-encoder", "temporal-queries.safetensors"), tensors, module="temporal queries of the facial encoder",
                 config=config, seed=SEED, generator="tooling/oracles/swin.py", used=(torchvision,))


if __name__ == "__main__":
    main()
    temporal_queries()
