import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, MissingModalityError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../__fixtures__/fixtures';
import { TextTokenizer } from '../tokenizer/text-tokenizer';
import { buildSequence } from './build-sequence';
import { collateSequences } from './collate-sequences';
import { softTokenLayout } from './soft-token-layout';
import { tokenizePrompt } from './tokenize-prompt';

const tokenizer = TextTokenizer.fromJson(JSON.parse(await readFile(fixturePath('tokenizer.json'), 'utf8')));
const specialTokens = { bos: 593, eos: [594] };
const tokenCounts = { audio: 3, frame: 2, multi: 1 };
const prompt = [
  { text: 'The voice: ' },
  { modality: 'audio' as const },
  { text: ' the scene: ' },
  { modality: 'frame' as const },
];

describe('tokenizePrompt', () => {
  it('puts the beginning first, then text and places in the order of the prompt', () => {
    const { inputIds, spliceIndex } = tokenizePrompt(tokenizer, prompt, tokenCounts, 593);
    const [voice, scene] = [tokenizer.encode('The voice: '), tokenizer.encode(' the scene: ')];
    expect(inputIds).toEqual([593, ...voice, 0, 0, 0, ...scene, 0, 0]);
    // Rows are joined as frame, face, audio, multi: audio begins behind the two frames.
    expect(spliceIndex).toEqual([-1, ...voice.map(() => -1), 2, 3, 4, ...scene.map(() => -1), 0, 1]);
  });

  it('does not depend on how text is cut into segments', () => {
    const whole = tokenizePrompt(tokenizer, [{ text: 'Happy, angry, worried' }], {}, null);
    const cut = tokenizePrompt(tokenizer, [{ text: 'Hap' }, { text: 'py, ang' }, { text: 'ry, worried' }], {}, null);
    expect(cut).toEqual(whole);
    expect(whole.inputIds).toEqual(tokenizer.encode('Happy, angry, worried'));
  });

  it('refuses a modality without soft tokens, and one that occurs twice', () => {
    expect(() => tokenizePrompt(tokenizer, prompt, { audio: 3 }, 593)).toThrow(MissingModalityError);
    expect(() => tokenizePrompt(tokenizer, [...prompt, ...prompt], tokenCounts, 593)).toThrow(InvalidArgumentError);
  });
});

describe('softTokenLayout', () => {
  it('joins present modalities in the published order', () => {
    const { offsets, rows } = softTokenLayout({ multi: 1, audio: 32, face: 4, frame: 32 });
    expect(rows).toBe(69);
    expect([...offsets]).toEqual([
      ['frame', 0],
      ['face', 32],
      ['audio', 36],
      ['multi', 68],
    ]);
  });
});

describe('buildSequence', () => {
  it('supervises the answer and the end of text, nothing else', () => {
    const options = { tokenCounts, specialTokens };
    const { inputIds, spliceIndex, labels } = buildSequence(tokenizer, prompt, 'sad, tired###', options);
    const target = [...tokenizer.encode('sad, tired###'), 594];
    const start = tokenizePrompt(tokenizer, prompt, tokenCounts, 593);
    expect(inputIds).toEqual([...start.inputIds, ...target]);
    expect(spliceIndex).toEqual([...start.spliceIndex, ...target.map(() => -1)]);
    expect(labels).toEqual([...start.inputIds.map(() => -100), ...target]);
    expect(() => buildSequence(tokenizer, prompt, 'sad', { ...options, maxTokens: 10 })).toThrow(InvalidArgumentError);
  });
});

describe('collateSequences', () => {
  it('pads on the right and points every sample at its own soft tokens', () => {
    const long = { inputIds: [9, 0, 0, 8], spliceIndex: [-1, 1, 0, -1], labels: [-100, -100, -100, 8] };
    const short = { inputIds: [7, 0], spliceIndex: [-1, 1], labels: [-100, 5] };
    const batch = collateSequences([long, short], 2);
    const rows = (data: ArrayLike<bigint | number>) => [
      Array.from(data, Number).slice(0, 4),
      Array.from(data, Number).slice(4),
    ];
    expect(batch.inputIds.dims).toEqual([2, 4]);
    expect(rows(batch.inputIds.data)).toEqual([
      [9, 0, 0, 8],
      [7, 0, 0, 0],
    ]);
    expect(rows(batch.spliceIndex.data)).toEqual([
      [-1, 1, 0, -1],
      [-1, 3, -1, -1],
    ]);
    expect(rows(batch.labels.data)).toEqual([
      [-100, -100, -100, 8],
      [-100, 5, -100, -100],
    ]);
    expect(rows(batch.attentionMask.data)).toEqual([
      [1, 1, 1, 1],
      [1, 1, 0, 0],
    ]);
  });
});
