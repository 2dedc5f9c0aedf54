import { readFile } from 'node:fs/promises';
import { ggufTokenizer, openCheckpoint } from '@nano-emox/engine/checkpoints';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../__fixtures__/fixtures';
import { TextTokenizer } from './text-tokenizer';

interface Expected {
  readonly vocabularySize: number;
  readonly specialIds?: Record<string, number>;
  readonly cases: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
}

const readExpected = async (name: string) => JSON.parse(await readFile(fixturePath(name), 'utf8')) as Expected;

async function readTokenizer(name: string) {
  await using checkpoint = await openCheckpoint(fixturePath(name));
  const read = ggufTokenizer(checkpoint.metadata);
  return { ...read, tokenizer: TextTokenizer.fromJson(read.json, name) };
}

describe('a byte-level tokenizer out of a GGUF file', async () => {
  const { tokenizer, eosIds, bosId, chatTemplate } = await readTokenizer('tokenizer-byte-level.gguf');
  const expected = await readExpected('tokenizer-expected.json');

  // Oracle: the Rust library with the tokenizer.json that the file was made of.
  it.each(expected.cases)('encodes and decodes $text', ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  it('knows special tokens, ends and the template of a conversation', () => {
    expect(Object.fromEntries(tokenizer.specialTokens)).toEqual(expected.specialIds);
    expect(tokenizer.vocabSize).toBe(expected.vocabularySize);
    expect(eosIds).toEqual([tokenizer.tokenId('<|im_end|>'), tokenizer.tokenId('<|endoftext|>')]);
    expect(bosId).toBeUndefined(); // the file says that none is added
    expect(chatTemplate).toContain("message['content']");
  });
});

describe('a SentencePiece tokenizer out of a GGUF file', async () => {
  const { tokenizer, eosIds, bosId } = await readTokenizer('tokenizer-sentence-piece.gguf');
  const expected = await readExpected('tokenizer-sentence-piece.json');

  // Oracle: sentencepiece.SentencePieceProcessor.encode and decode.
  it.each(expected.cases)('encodes and decodes $text', ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  it('puts the beginning first and ends at the end', () => {
    expect([bosId, eosIds]).toEqual([1, [2]]);
    expect(tokenizer.vocabSize).toBe(expected.vocabularySize);
  });
});
