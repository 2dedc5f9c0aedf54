import { clamp, mix } from '../numbers';
import type { Random } from '../random';
import type { Prosody } from './prosody';
import { Resonator } from './resonator';
import type { Speaker } from './speaker';
import { controlRateHz, type SpeechPlan } from './speech-plan';

export const sampleRateHz = 16_000;
const samplesPerStep = sampleRateHz / controlRateHz;

/**
 * Source–filter synthesis after Klatt (1980): a glottal pulse train with breath noise through five cascaded resonators, and
 * frication noise through one of its own. Linear scale; loudness follows effort, the caller sets the recording level.
 */
export function synthesise(plan: SpeechPlan, speaker: Speaker, prosody: Prosody, random: Random): Float32Array {
  const samples = new Float32Array(plan.steps * samplesPerStep);
  const cascade = Array.from({ length: 5 }, () => new Resonator());
  const frication = new Resonator();
  const pulse = new GlottalPulse(speaker, prosody, random.fork('pulse'));
  const hiss = random.fork('noise');
  const scale = speaker.formantScale * prosody.lipScale;
  const breath = clamp(speaker.breathiness + prosody.breathiness, 0.02, 0.9);
  const tilt = clamp(speaker.tilt + prosody.tilt, 0, 0.95) * 0.9;
  let tilted = 0;
  let lastNoise = 0;
  for (let step = 0; step < plan.steps; step += 1) {
    const nasal = plan.nasality[step]!;
    setFormants(cascade, plan, step, scale, nasal, breath);
    frication.tune(
      Math.min(7600, plan.noiseCenterHz[step]! * mix(1, scale, 0.5)),
      plan.noiseBandwidthHz[step]!,
      sampleRateHz,
    );
    const voicing = plan.voicing[step]! * plan.loudness[step]! * (1 - 0.45 * nasal);
    const aspiration = plan.aspiration[step]! * 0.12;
    const noiseGain = plan.noiseGain[step]! * 0.16;
    const f0Hz = plan.f0Hz[step]!;
    for (let index = 0; index < samplesPerStep; index += 1) {
      const noise = hiss.next() + hiss.next() - 1;
      const flow = pulse.next(f0Hz);
      tilted += (1 - tilt) * (flow - tilted);
      const breathNoise = (noise - 0.5 * lastNoise) * (pulse.open ? 1 : 0.35);
      lastNoise = noise;
      let value =
        voicing * (tilted * (1 - 0.55 * breath) * (1 + tilt) + breathNoise * 0.22 * breath) + aspiration * noise;
      for (const resonator of cascade) value = resonator.filter(value);
      samples[step * samplesPerStep + index] = value * 0.5 + frication.filter(noise) * noiseGain;
    }
  }
  const gain = 10 ** (prosody.effortDb / 20);
  for (let index = 0; index < samples.length; index += 1) samples[index]! *= gain;
  return samples;
}

function setFormants(
  cascade: readonly Resonator[],
  plan: SpeechPlan,
  step: number,
  scale: number,
  nasal: number,
  breath: number,
): void {
  const widen = 1 + 0.6 * nasal + 0.5 * breath;
  const [first, second, third] = plan.formantsHz;
  // A high voice lifts its first formant above F0, or the vowel would lose its power.
  const firstHz = Math.max(first[step]! * scale, plan.f0Hz[step]! * 0.95);
  cascade[0]!.tune(firstHz, 70 * widen, sampleRateHz);
  cascade[1]!.tune(second[step]! * scale, 95 * widen, sampleRateHz);
  cascade[2]!.tune(Math.min(5200, third[step]! * scale), 140 * widen, sampleRateHz);
  cascade[3]!.tune(Math.min(6200, 3500 * scale), 220, sampleRateHz);
  cascade[4]!.tune(Math.min(7300, 4600 * scale), 300, sampleRateHz);
}

/**
 * Derivative of the glottal flow, one period at a time: a rise, the sharp negative peak of closure, then rest (the
 * polynomial pulse of Klatt and Klatt, 1990). Jitter, shimmer, creak and roughness act from period to period.
 */
class GlottalPulse {
  open = false;
  #phase = 1;
  #periodScale = 1;
  #amplitude = 1;
  #odd = false;
  readonly #openQuotient: number;

  constructor(
    private readonly speaker: Speaker,
    private readonly prosody: Prosody,
    private readonly random: Random,
  ) {
    this.#openQuotient = clamp(
      0.6 + 0.35 * (speaker.breathiness + prosody.breathiness) - 0.012 * prosody.effortDb - 0.2 * prosody.creak,
      0.3,
      0.9,
    );
  }

  next(f0Hz: number): number {
    this.#phase += f0Hz / sampleRateHz / this.#periodScale;
    if (this.#phase >= 1) this.#startPeriod();
    const position = this.#phase / this.#openQuotient;
    this.open = position < 1;
    if (!this.open) return 0;
    return this.#amplitude * (2 * position - 3 * position * position) * 1.6;
  }

  #startPeriod(): void {
    this.#phase -= 1;
    if (this.#phase >= 1 || this.#phase < 0) this.#phase = 0;
    this.#odd = !this.#odd;
    const { jitter, shimmer, creak } = this.prosody;
    const doubling = creak > 0.1 && this.#odd ? creak : 0;
    this.#periodScale = Math.max(0.6, 1 + this.random.normal(0, this.speaker.jitter + jitter) + 0.12 * doubling);
    this.#amplitude = Math.max(0.1, 1 + this.random.normal(0, shimmer + 0.01) - 0.5 * doubling);
  }
}
