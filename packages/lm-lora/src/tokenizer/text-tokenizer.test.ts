import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../__fixtures__/fixtures';
import { TextTokenizer, type TokenizerJson } from './text-tokenizer';

interface Expected {
  readonly vocabularySize: number;
  readonly specialIds: Record<string, number>;
  readonly cases: readonly {
    readonly text: string;
    readonly ids: number[];
    readonly decoded: string;
    readonly decodedWithoutSpecial: string;
  }[];
}

const readJson = async (name: string): Promise<unknown> => JSON.parse(await readFile(fixturePath(name), 'utf8'));
const tokenizer = TextTokenizer.fromJson((await readJson('tokenizer.json')) as TokenizerJson);
const expected = (await readJson('tokenizer-expected.json')) as Expected;

describe('TextTokenizer against the Rust library', () => {
  // Oracle: tokenizers.Tokenizer.from_file(path).encode(text, add_special_tokens=False).ids
  it.each(expected.cases)('encodes and decodes $text', ({ text, ids, decoded, decodedWithoutSpecial }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(decodedWithoutSpecial);
  });

  it.each(expected.cases)('streams $text in whole characters', ({ ids, decodedWithoutSpecial }) => {
    const stream = tokenizer.stream();
    const pieces = ids.map((id) => stream.push(id));
    expect(pieces.join('')).toBe(decodedWithoutSpecial);
    for (const piece of pieces) {
      expect(piece).not.toContain('\uFFFD');
      expect(piece).not.toMatch(/\p{Surrogate}/u); // half a character
    }
  });

  it('knows its special tokens and its size', () => {
    expect(Object.fromEntries(tokenizer.specialTokens)).toEqual(expected.specialIds);
    expect(tokenizer.vocabSize).toBe(expected.vocabularySize);
    expect(tokenizer.tokenId('<|im_end|>')).toBe(expected.specialIds['<|im_end|>']);
    expect(tokenizer.tokenId('no such token')).toBeUndefined();
  });
});

describe('TextTokenizer', () => {
  it('gives ids beyond the vocabulary no text, since a model may have more rows', () => {
    const ids = tokenizer.encode('calm');
    expect(tokenizer.decode([...ids, tokenizer.vocabSize + 5])).toBe('calm');
  });

  it('holds an incomplete character back for good', () => {
    const ids = tokenizer.encode('a 𠮷');
    const stream = tokenizer.stream();
    expect(
      ids
        .slice(0, -1)
        .map((id) => stream.push(id))
        .join(''),
    ).toBe('a ');
  });

  it('refuses what is no id and what is no tokenizer', () => {
    expect(() => tokenizer.decode([1, -1])).toThrow(InvalidArgumentError);
    expect(() => TextTokenizer.fromJson({ vocab: {} }, 'here.json')).toThrow(InvalidFileError);
    expect(() => TextTokenizer.fromJson({ ...tokenizer.json, model: { type: 'BPE' } })).toThrow(InvalidFileError);
  });

  it('does not wait for ever for a hostile pattern', () => {
    const pre_tokenizer = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false };
    const hostile = TextTokenizer.fromJson({ ...tokenizer.json, pre_tokenizer }, 'here.json');
    expect(() => hostile.encode(`${'a'.repeat(60)}!`)).toThrow(InvalidFileError);
    expect(hostile.encode('aaa')).toHaveLength(3); // it is still there for others
    const replace = { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' };
    const decoder = { type: 'Sequence', decoders: [{ type: 'ByteLevel' }, replace] };
    const decoding = TextTokenizer.fromJson({ ...tokenizer.json, decoder }, 'here.json');
    const ids = tokenizer.encode(`${'a'.repeat(60)}!`);
    expect(() => decoding.decode(ids)).toThrow(InvalidFileError);
  }, 30_000);
});
