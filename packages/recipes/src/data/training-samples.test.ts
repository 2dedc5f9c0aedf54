import { renderClip } from '@nano-emox/clip-renderer';
import { Random } from '@nano-emox/engine';
import { labelSets, modalityModes, parseAnswer } from '@nano-emox/tasks';
import { describe, expect, it } from 'vitest';
import { faceSizePx } from './faces';
import type { RenderedTruth } from './rendered';
import { faceClip, sampleSets, tinyMixtures } from './training-samples';

const seeds = ['matching', 'voice', 'silent', 'hidden'];
const options = [{}, { face: 'neutral', words: 'neutral' }, { voice: 'silent' }, { face: 'occluded' }] as const;
const truths = options.map((option, index): RenderedTruth => {
  const clip = renderClip({ seed: seeds[index]!, emotion: 'sad', ...option });
  return { ...clip, seed: seeds[index]!, frameTimesSeconds: [] };
});
const labels = Uint8Array.of(3, 6);
const sets = sampleSets({
  rendered: { count: truths.length, truth: (index) => truths[index]! },
  voices: { count: 2, labels },
  faces: { count: 2, labels },
});
const setOf = (name: string) => sets.find((set) => set.name === name)!;
const allOf = (name: string) => Array.from({ length: setOf(name).length }, (_, index) => setOf(name).get(index));

describe('sampleSets', () => {
  it('has every data set of the mixtures, and asks what can be read back', () => {
    const names = new Set(Object.values(tinyMixtures).flatMap((mixture) => Object.keys(mixture)));
    expect([...names].sort()).toEqual(sets.map(({ name }) => name).sort());
    for (const { name } of sets) {
      for (const { task, mode, segments, answer } of allOf(name)) {
        expect(parseAnswer(task, answer).status, answer).toBe('parsed');
        const needed = segments.flatMap((segment) => ('modality' in segment ? [segment.modality] : []));
        expect(needed).toEqual(modalityModes[mode].needs);
      }
    }
  });

  it('asks one modality only where it shows the emotion, and the intent only of what is said', () => {
    expect(allOf('rendered-voice').map(({ index }) => index)).toEqual([0, 1, 3]);
    expect(allOf('rendered-visual').map(({ index }) => index)).toEqual([0, 2]);
    expect(allOf('rendered-mir').map(({ index }) => index)).toEqual([0, 1, 3]);
    expect(allOf('rendered-mer')).toHaveLength(4);
  });

  it('shows the words of every second clip to the voice run, and of every clip later', () => {
    const shown = (name: string) =>
      allOf(name).map(({ index, segments }) =>
        JSON.stringify(segments).includes(JSON.stringify(truths[index]!.script.text).slice(1, -1)),
      );
    expect(shown('rendered-voice')).toEqual([true, false, false]);
    expect(shown('rendered-mer')).toEqual([true, true, true, true]);
  });

  it('names the class of real voices and faces', () => {
    for (const name of ['voices', 'faces']) {
      expect(allOf(name).map(({ answer }) => answer)).toEqual(
        [...labels].map((label) => `The emotion is ${labelSets.sevenEmotions[label]}.###`),
      );
    }
  });
});

describe('faceClip', () => {
  it('repeats one face with small movements', () => {
    const pixels = Uint8Array.from({ length: faceSizePx ** 2 }, (_, index) => (index % faceSizePx) * 5);
    const set = { count: 1, size: faceSizePx, pixels, labels: new Uint8Array(1) } as const;
    const clip = faceClip(set, 0, { size: 32, random: new Random(1) });
    expect(clip).toHaveLength(8 * 3 * 32 * 32);
    const frame = (index: number) => clip.subarray(index * 3072, index * 3072 + 1024);
    const difference = frame(0).reduce((sum, value, index) => sum + Math.abs(value - frame(1)[index]!), 0) / 1024;
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(15);
  });
});
