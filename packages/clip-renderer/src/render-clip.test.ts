import { describe, expect, it } from 'vitest';
import { describeFace, describeVoice, visible } from './clues';
import { type Emotion, emotions } from './emotion';
import { type ActionUnitName, actionUnits } from './face/action-units';
import { sampledFrameTimes } from './frame-sampling';
import { renderClip } from './render-clip';
import { renderTrainingClip } from './render-training-clip';

const clean = { roughness: 0, grayscale: false, framing: 'crop' } as const;

/** Byte for byte; the matcher for typed arrays is far slower. */
function same(left: Uint8Array | Float32Array, right: Uint8Array | Float32Array): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(left).equals(bytes(right));
}

describe('renderClip', () => {
  it('gives the same clip for the same options and another for another seed', () => {
    const [first, again, other] = [5, 5, 6].map((seed) => renderClip({ seed }));
    expect(same(again!.samples, first!.samples)).toBe(true);
    expect(again!.script).toEqual(first!.script);
    // Frames may be asked for in any order.
    const late = again!.frameAt(1, { size: 48 });
    again!.frameAt(0.2, { size: 48 });
    first!.frameAt(0, { size: 48 });
    expect(same(first!.frameAt(1, { size: 48 }), late)).toBe(true);
    expect(same(other!.frameAt(1, { size: 48 }), late)).toBe(false);
    expect(same(other!.samples, first!.samples)).toBe(false);
  });

  it('lays out pixels channels first and interleaved', () => {
    const clip = renderClip({ seed: 1, ...clean });
    const planes = clip.frameAt(0.5, { width: 40, height: 24 });
    const pixels = clip.rgb24At(0.5, { width: 40, height: 24 });
    expect(planes).toHaveLength(3 * 24 * 40);
    for (const [x, y, channel] of [
      [0, 0, 0],
      [17, 9, 1],
      [39, 23, 2],
    ] as const) {
      expect(pixels[(y * 40 + x) * 3 + channel]).toBe(planes[channel * 960 + y * 40 + x]);
    }
  });

  it('makes black and white frames on request', () => {
    const frame = renderClip({ seed: 2, ...clean, grayscale: true }).frameAt(0.5, { size: 32 });
    expect(frame.subarray(0, 1024)).toEqual(frame.subarray(1024, 2048));
    expect(new Set(frame).size).toBeGreaterThan(30);
  });

  it.each<[Emotion, ActionUnitName[], ActionUnitName[]]>([
    ['anger', ['browLower', 'lidTighten'], ['innerBrowRaise', 'lipCornerPull']],
    ['disgust', ['noseWrinkle', 'upperLipRaise'], ['lipCornerPull', 'upperLidRaise']],
    ['fear', ['innerBrowRaise', 'upperLidRaise', 'lipStretch'], ['lipCornerPull', 'noseWrinkle']],
    ['happy', ['lipCornerPull', 'cheekRaise'], ['browLower', 'lipCornerDepress']],
    ['sad', ['innerBrowRaise', 'lipCornerDepress'], ['lipCornerPull', 'upperLidRaise']],
    ['surprise', ['innerBrowRaise', 'outerBrowRaise', 'jawDrop'], ['browLower', 'noseWrinkle']],
    ['neutral', [], ['browLower', 'lipCornerPull', 'lipCornerDepress', 'upperLidRaise', 'noseWrinkle', 'jawDrop']],
  ])('moves the face of %s as the action units say', (emotion, strong, absent) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const { seenUnits } = renderClip({ seed, emotion, intensity: 1 }).parameters;
      for (const name of strong) expect(seenUnits[name], name).toBeGreaterThan(0.35);
      for (const name of absent) expect(seenUnits[name], name).toBeLessThan(0.25);
    }
  });

  it('draws expressions that differ from the same face at rest', () => {
    const at = (emotion: Emotion) =>
      renderClip({ seed: 'same', ...clean, emotion, intensity: 1, voice: 'silent' }).frameAt(1.2, { size: 64 });
    const rest = at('neutral');
    for (const emotion of emotions.filter((each) => each !== 'neutral')) {
      const changed = at(emotion).filter((value, index) => Math.abs(value - rest[index]!) > 12).length / rest.length;
      expect(changed, emotion).toBeGreaterThan(0.03);
    }
  });

  it('moves the lips with the voice', () => {
    const clip = renderClip({ seed: 3, emotion: 'neutral' });
    const open = Array.from(
      { length: 60 },
      (_, index) => clip.stateAt((index / 60) * clip.durationSeconds).articulation.open,
    );
    expect(Math.max(...open) - Math.min(...open)).toBeGreaterThan(0.4);
    expect(clip.stateAt(0).articulation.open).toBeLessThan(0.1);
  });

  it('hides the face behind paper and in the dark, and says so', () => {
    const bright = (occlusion: 'dark' | 'none') =>
      Math.max(...renderClip({ seed: 4, ...clean, emotion: 'sad', occlusion }).frameAt(0.4, { size: 32 }));
    expect(bright('none')).toBeGreaterThan(120);
    expect(bright('dark')).toBeLessThan(20);
    const covered = renderClip({ seed: 4, emotion: 'sad', face: 'occluded' });
    expect(covered.evidence.face).toBe(false);
    expect(['a hidden face', 'no picture of the face']).toContain(covered.clues.face[0]);
    const masked = renderClip({ seed: 4, emotion: 'happy', intensity: 1, occlusion: 'lower' });
    expect(masked.clues.face.join()).not.toMatch(/smile|mouth corners|lips/);
  });

  it('keeps the emotion out of a modality that is to be neutral', () => {
    const calmVoice = renderClip({ seed: 8, emotion: 'anger', intensity: 1, voice: 'neutral' });
    expect(calmVoice.parameters.voice!.effortDb).toBeLessThan(3);
    expect(calmVoice.parameters.seenUnits.browLower).toBeGreaterThan(0.5);
    const calmFace = renderClip({ seed: 8, emotion: 'anger', intensity: 1, face: 'neutral', words: 'neutral' });
    expect(calmFace.parameters.seenUnits.browLower).toBeLessThan(0.25);
    expect(calmFace.parameters.voice!.effortDb).toBeGreaterThan(5);
    expect(calmFace.evidence).toEqual({ face: false, voice: true, words: false });
    const silent = renderClip({ seed: 8, emotion: 'anger', voice: 'silent' });
    expect(silent.script.text).toBe('');
    expect(silent.clues.voice).toEqual(['no voice']);
    expect(Math.max(...silent.samples.map(Math.abs))).toBeLessThan(0.1);
  });

  it('refuses what cannot be rendered', () => {
    expect(() => renderClip({ seed: 1, intensity: 2 })).toThrow(/outside \(0, 1\]/);
    expect(() => renderClip({ seed: 1, emotion: 'bored' as Emotion })).toThrow(/unknown emotion/);
    expect(() => renderClip({ seed: 1, emotion: 'sad', face: 'neutral', voice: 'neutral', words: 'neutral' })).toThrow(
      /no modality/,
    );
    expect(() => renderClip({ seed: 1, emotion: 'sad', face: 'neutral', voice: 'silent' })).toThrow(/only the face/);
    const clip = renderClip({ seed: 1 });
    expect(() => clip.frameAt(99, { size: 64 })).toThrow(/outside the clip/);
    expect(() => clip.frameAt(0, { size: 1.5 })).toThrow(/not a frame size/);
  });
});

describe('clues', () => {
  it('are true of the parameters of many clips', () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const { clues, parameters, reasoning } = renderClip({ seed: `truth-${seed}` });
      const { seenUnits: units, voice } = parameters;
      const face = clues.face.join();
      if (/raised brows/.test(face))
        expect(Math.min(units.innerBrowRaise, units.outerBrowRaise)).toBeGreaterThan(visible);
      if (/knitted/.test(face)) expect(units.browLower).toBeGreaterThan(visible);
      expect(/smile/.test(face)).toBe(units.lipCornerPull > visible);
      expect(/wrinkled nose/.test(face)).toBe(units.noseWrinkle > visible);
      if (/relaxed/.test(face))
        expect(Math.max(units.browLower, units.jawDrop, units.lipCornerDepress)).toBeLessThanOrEqual(visible);
      expect(clues.voice.includes('high')).toBe(voice!.pitchShiftSemitones > 4);
      expect(clues.voice.includes('loud')).toBe(voice!.effortDb > 3.5);
      if (clues.voice.includes('slow')) expect(voice!.syllablesPerSecond).toBeLessThan(3.6);
      for (const phrase of [...clues.face, ...clues.voice]) expect(reasoning).toContain(phrase);
    }
  });

  it('change with the parameters', () => {
    const seen = { units: actionUnits(), gazeDown: 0, tears: 0, occlusion: 'none' } as const;
    expect(describeFace(seen)).toEqual(['a relaxed face']);
    expect(describeFace({ ...seen, units: actionUnits({ lipCornerPull: 0.8, lipsPart: 0.6 }) })).toEqual([
      'a broad open smile',
    ]);
    expect(describeVoice(undefined)).toEqual(['no voice']);
  });
});

describe('renderTrainingClip', () => {
  it('draws the eight frames of the paper’s sampling', () => {
    const clip = renderTrainingClip(11, { size: 32 });
    expect(clip.frameDims).toEqual([8, 3, 32, 32]);
    expect(clip.frames).toHaveLength(8 * 3 * 32 * 32);
    expect(clip.frameTimesSeconds).toEqual(sampledFrameTimes(clip.durationSeconds));
    expect(clip.frames.subarray(5 * 3072, 6 * 3072)).toEqual(clip.frameAt(clip.frameTimesSeconds[5]!, { size: 32 }));
    expect(same(renderTrainingClip(11, { size: 32 }).frames, clip.frames)).toBe(true);
  });

  it('samples start-aligned indices and repeats the last of a short clip', () => {
    expect(sampledFrameTimes(4).map((time) => Math.round(time * 25))).toEqual([0, 12, 25, 37, 50, 62, 75, 87]);
    expect(sampledFrameTimes(0.12).map((time) => Math.round(time * 25))).toEqual([0, 1, 2, 2, 2, 2, 2, 2]);
  });

  it('mixes modalities in the share asked for, never losing the emotion', () => {
    const clips = Array.from({ length: 40 }, (_, seed) =>
      renderTrainingClip(seed, { size: 16, mixedShare: 0.5, emotion: 'happy' }),
    );
    const mixed = clips.filter(({ evidence }) => !(evidence.face && evidence.voice && evidence.words)).length;
    expect(mixed).toBeGreaterThan(10);
    expect(mixed).toBeLessThan(30);
    for (const { evidence } of clips) expect(evidence.face || evidence.voice || evidence.words).toBe(true);
  });
});
