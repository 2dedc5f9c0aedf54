"""Oracle of the log-mel front-end of the audio encoder: torchaudio's MelSpectrogram.

Regenerate: /usr/bin/python3 tooling/oracles/mel-spectrum.py (torch and torchaudio)
Writes packages/audio-encoder/src/__fixtures__/mel-spectrum.safetensors.

  input.samples     [2, 1632]: tones and noise; the second row ends in silence
  output.log_mel    [2, 8, 24]: log(mel power + 1e-3), windows of 512 samples 160 apart, not centred, 24 HTK bands
"""

import math

import torch
import torchaudio

from common import fixture_path, save_fixture, seeded_normal

SEED = 20261122
SAMPLES = 1632
SETTINGS = {
    "sample_rate": 16000, "n_fft": 512, "win_length": 512, "hop_length": 160, "center": False, "n_mels": 24,
    "f_min": 0.0, "f_max": 8000.0, "power": 2.0, "norm": None, "mel_scale": "htk",
}


def main() -> None:
    time = torch.arange(SAMPLES) / 16000
    tones = torch.stack([torch.sin(2 * math.pi * 220 * time), torch.sin(2 * math.pi * 3100 * time)])
    samples = tones + 0.3 * seeded_normal((2, SAMPLES), SEED)
    samples[1, 1000:] = 0
    log_mel = torch.log(torchaudio.transforms.MelSpectrogram(**SETTINGS)(samples) + 1e-3).transpose(1, 2)
    save_fixture(
        fixture_path("audio-encoder", "mel-spectrum.safetensors"),
        {"input.samples": samples, "output.log_mel": log_mel},
        module="torchaudio.transforms.MelSpectrogram",
        config=SETTINGS,
        seed=SEED,
        generator="tooling/oracles/mel-spectrum.py",
        used=(torchaudio,),
    )


if __name__ == "__main__":
    main()
