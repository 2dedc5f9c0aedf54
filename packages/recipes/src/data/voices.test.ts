import { Random } from '@nano-emox/engine';
import { describe, expect, it } from 'vitest';
import { activeRange } from './voice-activity';
import { plainVoice, playVoice, voiceBatch } from './voice-batch';
import { partOfSpeaker, toInt16, type VoiceSet } from './voices';

function voiceSet(...recordings: Int16Array[]): VoiceSet {
  const offsets = new Int32Array(recordings.length + 1);
  recordings.forEach((recording, index) => {
    offsets[index + 1] = offsets[index]! + recording.length;
  });
  const samples = new Int16Array(offsets.at(-1)!);
  recordings.forEach((recording, index) => {
    samples.set(recording, offsets[index]);
  });
  const labels = new Uint8Array(recordings.length);
  return { count: recordings.length, samples, offsets, labels, speakers: recordings.map((_, index) => `${index}`) };
}

const ramp = (length: number) => Int16Array.from({ length }, (_, index) => index + 1);

describe('voiceBatch', () => {
  it('takes the middle of what is too long and centres what is too short', () => {
    const batch = voiceBatch(voiceSet(ramp(10), ramp(2)), [0, 1], { clipSamples: 4 });
    expect([...batch].map((value) => value * 32768)).toEqual([4, 5, 6, 7, 0, 1, 2, 0]);
  });

  it('plays faster by linear resampling and clips at full scale', () => {
    const target = new Float32Array(4);
    playVoice(ramp(9), { ...plainVoice, speed: 1.5, position: 0 }, target);
    expect([...target].map((value) => value * 32768)).toEqual([1, 2.5, 4, 5.5]);
    playVoice(Int16Array.of(20000, -20000, 100, 0), { ...plainVoice, gain: 2, position: 0 }, target);
    expect([...target]).toEqual([1, -1, 200 / 32768, 0]);
  });

  it('is fixed by the seed, finite and in range', () => {
    const set = voiceSet(toInt16(Float32Array.from({ length: 50_000 }, (_, index) => Math.sin(index / 20))));
    const [first, again] = [1, 2].map(() => voiceBatch(set, [0, 0], { augment: new Random(5) }));
    expect(first).toHaveLength(64_000);
    expect(first).toEqual(again);
    expect(first!.every((value) => Math.abs(value) < 1.1)).toBe(true);
    expect(first!.subarray(0, 32_000)).not.toEqual(first!.subarray(32_000));
  });
});

describe('partOfSpeaker', () => {
  const contributors = Array.from({ length: 4000 }, (_, number) => `emogator-${number}`);
  const shareOf = (part: string) =>
    contributors.filter((speaker) => partOfSpeaker(speaker) === part).length / contributors.length;

  it('keeps a twentieth of the contributors to choose by and another to report on', () => {
    expect(shareOf('validation')).toBeCloseTo(0.05, 1.9);
    expect(shareOf('test')).toBeCloseTo(0.05, 1.9);
    expect(shareOf('train') + shareOf('validation') + shareOf('test')).toBe(1);
  });

  it('names the speakers of EmoDB', () => {
    expect(['03', '08', '15'].map((name) => partOfSpeaker(`emodb-${name}`))).toEqual(['train', 'validation', 'test']);
    expect(partOfSpeaker('emodb-03', { emodbTestSpeakers: ['03'] })).toBe('test');
  });

  it('moves nobody between training and reporting when more are taken to choose by', () => {
    const tested = (validationShare: number) =>
      contributors.filter((speaker) => partOfSpeaker(speaker, { validationShare }) === 'test');
    expect(tested(0.2)).toEqual(tested(0.05));
  });
});

describe('activeRange', () => {
  it('cuts silence but keeps a margin', () => {
    const samples = new Float32Array(32_000);
    for (let index = 8_000; index < 16_000; index++) samples[index] = Math.sin(index / 5);
    expect(activeRange(samples, 16_000)).toEqual({ start: 8_000 - 1_600, end: 16_000 + 1_600 });
    expect(activeRange(new Float32Array(1_000), 16_000)).toEqual({ start: 0, end: 1_000 });
  });
});
