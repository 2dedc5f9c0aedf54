"""Golden values for packages/media: image resizing and JPEG decoding from Pillow, sample rate conversion from torchaudio.

Each part needs one library, and both need not be in the same Python:
    python tooling/oracles/media.py resize     (Pillow, numpy)
    python tooling/oracles/media.py image      (Pillow, numpy)
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


def image() -> None:
    import io

    import numpy
    import PIL
    from PIL import Image

    across, down = numpy.meshgrid(numpy.linspace(0, 1, 40), numpy.linspace(0, 1, 24))
    colour = numpy.stack([across, down, 1 - across], axis=-1) * 255
    cases = []
    for name, picture, options in [
        ("colour 4:4:4", Image.fromarray(colour.astype(numpy.uint8)), {"subsampling": 0}),
        ("colour 4:2:0", Image.fromarray(colour.astype(numpy.uint8)), {"subsampling": 2}),
        ("grey", Image.fromarray((across * down * 255).astype(numpy.uint8)), {}),
    ]:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=90, **options)
        decoded = numpy.asarray(Image.open(io.BytesIO(file.getvalue())).convert("RGB"))
        cases.append(
            {"name": name, "file": base64.b64encode(file.getvalue()).decode("ascii"), "expected": encode(decoded)}
        )
    write(
        "image.json",
        {
            "generator": "tooling/oracles/media.py image",
            "versions": {"pillow": PIL.__version__, "numpy": numpy.__version__},
            "tolerance": 4,
            "toleranceReason": "decoders differ in how they round and interpolate colour",
            "width": 40,
            "height": 24,
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
        # The same function builds its filters in the type of the wave; in float64 they are as exact as ours.
        exact = torchaudio.functional.resample(wave.double(), source_hz, target_hz).float()
        cases.append(
            {
                "fromHz": source_hz,
                "toHz": target_hz,
                "input": encode(wave.numpy()),
                "expected": encode(result.numpy()),
                "expectedExact": encode(exact.numpy()),
            }
        )
    write(
        "resample.json",
        {
            "generator": "tooling/oracles/media.py resample",
            "versions": {"torch": torch.__version__, "torchaudio": torchaudio.__version__},
            "seed": SEED,
            "tolerance": 3e-5,
            "toleranceExact": 1e-6,
            "toleranceReason": "for float32 waves torchaudio computes its filters in float32 too, we always in float64",
            "encoding": "float32 little endian, base64",
            "cases": cases,
        },
    )


if __name__ == "__main__":
    {"resize": resize, "image": image, "resample": resample}[sys.argv[1]]()
