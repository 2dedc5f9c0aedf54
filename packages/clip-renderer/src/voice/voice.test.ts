import { describe, expect, it } from 'vitest';
import { type Emotion, emotions } from '../emotion';
import { Random } from '../random';
import { wordToPhonemes } from './letter-to-sound';
import { sampleProsody } from './prosody';
import { sampleRecording } from './recording';
import { sampleSpeaker } from './speaker';
import { articulationAt } from './speech-plan';
import { wordsToSounds } from './utterance';
import { type RenderedVoice, renderVoice } from './voice';

function speak(emotion: Emotion, seed: number, text = 'Nobody told me about the concert tickets.'): RenderedVoice {
  const random = new Random(`voice-${seed}`);
  return renderVoice(
    {
      sounds: wordsToSounds(text),
      speaker: sampleSpeaker({ masculinity: seed % 2, ageYears: 30 }, random.fork('speaker')),
      prosody: sampleProsody(emotion, 0.9, random.fork('prosody')),
      recording: sampleRecording(random.fork('recording'), 0),
      leadSeconds: 0.2,
      tailSeconds: 0.2,
    },
    random.fork('voice'),
  );
}

/** Median F0 of a signal by autocorrelation over 40 ms windows, independent of the synthesiser. */
function medianF0Hz(samples: Float32Array): number {
  const found: number[] = [];
  for (let start = 4000; start + 1280 < samples.length; start += 800) {
    const window = samples.subarray(start, start + 1280);
    let best = 0;
    let bestLag = 0;
    let energy = 0;
    for (const value of window) energy += value * value;
    for (let lag = 27; lag <= 250; lag += 1) {
      let sum = 0;
      for (let index = 0; index + lag < window.length; index += 1) sum += window[index]! * window[index + lag]!;
      const score = sum / (window.length - lag);
      if (score > best * 1.02) [best, bestLag] = [score, lag];
    }
    if (best > 0.55 * (energy / window.length) && energy > 0.01) found.push(16_000 / bestLag);
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
}

describe('voice', () => {
  const means = Object.fromEntries(
    emotions.map((emotion) => {
      const all = Array.from({ length: 6 }, (_, seed) => speak(emotion, seed).measures);
      const mean = (pick: (measures: (typeof all)[number]) => number) =>
        all.reduce((sum, each) => sum + pick(each), 0) / all.length;
      return [
        emotion,
        {
          pitch: mean((each) => each.pitchShiftSemitones),
          melody: mean((each) => each.f0DeviationSemitones),
          rate: mean((each) => each.syllablesPerSecond),
          level: mean((each) => each.dryLevelDb),
          ending: mean((each) => each.finalTurnSemitones),
        },
      ];
    }),
  ) as Record<Emotion, { pitch: number; melody: number; rate: number; level: number; ending: number }>;

  it('shows the prosody each emotion is known for', () => {
    const { anger, disgust, fear, happy, neutral, sad, surprise } = means;
    for (const high of [anger, fear, happy, surprise]) expect(high.pitch).toBeGreaterThan(neutral.pitch + 3);
    for (const low of [sad, disgust]) expect(low.pitch).toBeLessThan(neutral.pitch - 1);
    for (const lively of [anger, happy, surprise]) expect(lively.melody).toBeGreaterThan(neutral.melody * 1.6);
    for (const fast of [anger, fear]) expect(fast.rate).toBeGreaterThan(neutral.rate * 1.12);
    for (const slow of [sad, disgust]) expect(slow.rate).toBeLessThan(neutral.rate * 0.88);
    expect(anger.level).toBeGreaterThan(neutral.level + 6);
    expect(sad.level).toBeLessThan(neutral.level - 5);
    expect(surprise.ending).toBeGreaterThan(1.5);
  });

  it.each([0, 1, 2, 3])('sounds at the pitch it reports (speaker %i)', (seed) => {
    const voice = speak('neutral', seed);
    const ratio = medianF0Hz(voice.samples) / voice.measures.f0MeanHz;
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  });

  it('stays finite and inside full scale', () => {
    for (const emotion of emotions) {
      const { samples } = speak(emotion, 3);
      expect(samples.every((value) => Math.abs(value) < 1.0001)).toBe(true);
    }
  });

  it('closes the lips for m and opens them for ah', () => {
    const { plan } = speak('neutral', 1, 'Mama mama');
    const times = Array.from(
      { length: 200 },
      (_, index) => plan.startSeconds + (index / 200) * (plan.endSeconds - plan.startSeconds),
    );
    expect(Math.max(...times.map((time) => articulationAt(plan, time).closed))).toBeGreaterThan(0.7);
    expect(Math.max(...times.map((time) => articulationAt(plan, time).open))).toBeGreaterThan(0.4);
  });
});

describe('wordToPhonemes', () => {
  it.each([
    ['night', 'N AY T'],
    ['Ship', 'SH IH P'],
    ['make', 'M EY K'],
    ['friend', 'F R EH N D'],
    ['table', 'T AE B AX L'],
    ['constructor', 'K AA N S T R AH K T AO R'],
  ])('%s', (word, sounds) => expect(wordToPhonemes(word).join(' ')).toBe(sounds));
});
