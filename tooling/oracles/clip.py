"""Oracle of the scene encoder: Hugging Face CLIPVisionModel and CLIP image preprocessing, tiny and random.

Regenerate: /path/to/venv/bin/python tooling/oracles/clip.py
Writes packages/scene-encoder/src/__fixtures__/clip.safetensors and clip-preprocess.safetensors.

clip.safetensors
  weights.*            names as in published CLIP checkpoints (`vision_model.…`, including the misspelt `pre_layrnorm`)
  input.pixel_values   [2, 3, 56, 56]
  output.hidden_states.0 … .4   [2, 17, 32]; 0 is after `pre_layrnorm`, k is the output of encoder layer k
  output.last_hidden_state, output.pooler_output   (the pooler is `post_layernorm` of the CLS token)
clip-preprocess.safetensors
  input.<case>         uint8 [height, width, 3], RGB
  output.<case>        [3, 56, 56]: shortest edge 56 bicubic (PIL, antialiased, rounded to uint8), centre crop, /255, mean/std
  output.<case>_resized_uint8   the image between resize and crop, [height, width, 3]
"""

import numpy
import PIL
import torch
import transformers
from PIL import Image
from transformers import CLIPVisionConfig, CLIPVisionModel

from common import fixture_path, prefixed, randomise, save_fixture, seeded_normal

SEED = 20240601
MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]


def encoder() -> None:
    config = CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=4, num_attention_heads=4, num_channels=3, image_size=56,
        patch_size=14, hidden_act="quick_gelu", layer_norm_eps=1e-5, projection_dim=16, attention_dropout=0.0,
    )
    config._attn_implementation = "eager"
    model = CLIPVisionModel(config).eval()
    randomise(model, SEED, gain=1.4)
    pixel_values = seeded_normal((2, 3, 56, 56), SEED + 1)
    with torch.no_grad():
        result = model(pixel_values=pixel_values, output_hidden_states=True)
    assert len(result.hidden_states) == 5
    weights = {}
    for name, value in model.state_dict().items():
        # Published checkpoints carry the `vision_model.` prefix; newer library versions drop it in memory.
        weights[name if name.startswith("vision_model.") else f"vision_model.{name}"] = value
    tensors = prefixed("weights", weights)
    tensors["input.pixel_values"] = pixel_values
    for index, state in enumerate(result.hidden_states):
        tensors[f"output.hidden_states.{index}"] = state
    tensors["output.last_hidden_state"] = result.last_hidden_state
    tensors["output.pooler_output"] = result.pooler_output
    keys = ["hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_channels", "image_size",
            "patch_size", "hidden_act", "layer_norm_eps"]
    save_fixture(
        fixture_path("scene-encoder", "clip.safetensors"), tensors, module="transformers.CLIPVisionModel",
        config={"model_type": "clip_vision_model", **{key: getattr(config, key) for key in keys}}, seed=SEED,
        generator="tooling/oracles/clip.py", used=(transformers,),
    )


def random_image(width: int, height: int, seed: int) -> Image.Image:
    """Noise over a slow gradient: hard edges for the resampling kernel, and flat parts as in real frames."""
    rng = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    base = numpy.stack([255 * x / width, 255 * y / height, 128 + 0 * x], axis=-1)
    noise = rng.integers(0, 256, size=(height, width, 3))
    mixed = numpy.where(((x // 6 + y // 5) % 2 == 0)[..., None], base, noise)
    return Image.fromarray(mixed.astype(numpy.uint8), "RGB")


def preprocessing() -> None:
    size = {"shortest_edge": 56}
    crop = {"height": 56, "width": 56}
    processor_class = getattr(transformers, "CLIPImageProcessorPil", None) or transformers.CLIPImageProcessor
    processor = processor_class(size=size, crop_size=crop, resample=Image.BICUBIC, image_mean=MEAN, image_std=STD,
                                do_convert_rgb=True)
    cases = {"upscale": (40, 30), "downscale": (151, 97), "portrait": (61, 113), "same": (56, 56)}
    tensors = {}
    for index, (case, (width, height)) in enumerate(cases.items()):
        image = random_image(width, height, SEED + 10 + index)
        pixels = processor(images=image, return_tensors="pt")["pixel_values"][0]
        short = min(width, height)
        # Long side truncated, as the processor does it.
        resized = image.resize((int(56 * width / short), int(56 * height / short)), Image.BICUBIC)
        resized_array = numpy.asarray(resized)
        top, left = (resized_array.shape[0] - 56) // 2, (resized_array.shape[1] - 56) // 2
        by_hand = (resized_array[top:top + 56, left:left + 56] / 255.0 - MEAN) / STD
        difference = numpy.abs(by_hand.transpose(2, 0, 1) - pixels.numpy()).max()
        print(f"  {case}: processor against plain PIL, max difference {difference:.2e}")
        assert difference < 1e-5
        tensors[f"input.{case}"] = torch.from_numpy(numpy.array(image))
        tensors[f"output.{case}"] = pixels
        tensors[f"output.{case}_resized_uint8"] = torch.from_numpy(resized_array.copy())
    save_fixture(
        fixture_path("scene-encoder", "clip-preprocess.safetensors"), tensors,
        module=f"transformers.{processor_class.__name__}",
        config={"size": size, "crop_size": crop, "resample": "bicubic", "rescale_factor": 1 / 255, "image_mean": MEAN,
                "image_std": STD},
        seed=SEED, generator="tooling/oracles/clip.py", used=(transformers, PIL, numpy),
    )


if __name__ == "__main__":
    encoder()
    preprocessing()
