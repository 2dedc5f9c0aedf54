"""Golden values for packages/media: image resizing from Pillow, sample rate conversion from torchaudio.

Each part needs one library, and both need not be in the same Python:
    python tooling/oracles/media.py resize     (Pillow, numpy)
    python tooling/oracles/media.py resample   (torch, torchaudio)
Seed 20260603. Writes packages/media/src/__fixtures__/*.json.
"""
import base64
import json
import pathlib
import sys

SEED = 20260603
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "packages" / "media" / "src" / "__fixtures__"


def encode(array) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def write(name: str, content: dict) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps(content, indent=1) + "\n")


def resize() -> None:
    import numpy
    import PIL
    from PIL import Image

    random = numpy.random.default_rng(SEED)
    cases = []
    # (width, height) -> (width, height): shrink, grow, mixed, one axis only, to a single pixel, strong shrink.
    for source, target in [
        ((37, 29), (16, 16)),
        ((12, 9), (28, 31)),
        ((40, 10), (14, 23)),
        ((20, 24), (20, 11)),
        ((23, 17), (1, 1)),
        ((96, 64), (7, 5)),
    ]:
        # Noise drives the negative lobes of the bicubic filter into clipping; the smooth half tests plain areas.
        noise = random.integers(0, 256, (source[1], source[0], 3), dtype=numpy.uint8)
        smooth = numpy.linspace(0, 255, source[0] * 3).reshape(1, source[0], 3).astype(numpy.uint8)
        noise[: source[1] // 2] = smooth
        for interpolation in ("bicubic", "bilinear"):
            filter = getattr(Image.Resampling, interpolation.upper())
            result = numpy.asarray(Image.fromarray(noise).resize(target, filter))
            cases.append(
                {
                    "interpolation": interpolation,
                    "input": {"width": source[0], "height": source[1], "data": encode(noise)},
                    "expected": {"width": target[0], "height": target[1], "data": encode(result)},
                }
            )
    write(
        "resize.json",
        {
            "generator": "tooling/oracles/media.py resize",
            "versions": {"pillow": PIL.__version__, "numpy": numpy.__version__},
            "seed": SEED,
            "tolerance": 0,
            "encoding": "uint8, rows of R G B, base64",
            "cases": cases,
        },
    )


def resample() -> None:
    import torch
    import torchaudio

    generator = torch.Generator().manual_seed(SEED)
    cases = []
    for source_hz, target_hz, length in [
        (44100, 16000, 1323),
        (48000, 16000, 1001),
        (8000, 16000, 400),
        (22050, 16000, 777),
        (11025, 16000, 313),
        (16000, 44100, 320),
        (96000, 16000, 1500),
        (44100, 16000, 3),
    ]:
        time = torch.arange(length, dtype=torch.float64) / source_hz
        wave = 0.4 * torch.sin(2 * torch.pi * 440 * time) + 0.2 * torch.sin(2 * torch.pi * 3900 * time)
        wave = (wave + 0.1 * torch.randn(length, generator=generator, dtype=torch.float64)).float()
        result = torchaudio.functional.resample(wave, source_hz, target_hz)
        cases.append(
            {
                "fromHz": source_hz,
                "toHz": target_hz,
                "input": encode(wave.numpy()),
                "expected": encode(result.numpy()),
            }
        )
    write(
        "resample.json",
        {
            "generator": "tooling/oracles/media.py resample",
            "versions": {"torch": torch.__version__, "torchaudio": torchaudio.__version__},
            "seed": SEED,
            "tolerance": 1e-5,
            "toleranceReason": "torchaudio builds its filters in float32, we in float64",
            "encoding": "float32 little endian, base64",
            "cases": cases,
        },
    )


if __name__ == "__main__":
    {"resize": resize, "resample": resample}[sys.argv[1]]()
