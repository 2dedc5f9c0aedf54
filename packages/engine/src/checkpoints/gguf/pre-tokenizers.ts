type Json = Readonly<Record<string, unknown>>;

/** Pieces of GPT-2: contractions, words, numbers, signs, each with a space before it; then white space. */
const gpt2Pieces = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** Pieces of later models; `digits` says how many of a number stay together. */
const laterPieces = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

interface PreTokenizer {
  /** Patterns that cut a text, one after the other. */
  readonly patterns: readonly string[];
  /** Takes a piece that is a token as it is, without merging. */
  readonly ignoreMerges?: boolean;
  readonly normalizer?: Json;
}

/** How a text is cut before merging, by `tokenizer.ggml.pre`. @see `llm_tokenizer_bpe` in llama-vocab.cpp of llama.cpp */
export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  default: { patterns: [gpt2Pieces] },
  'gpt-2': { patterns: [gpt2Pieces] },
  smollm: { patterns: ['\\p{N}', gpt2Pieces] },
  starcoder: { patterns: ['\\p{N}', gpt2Pieces] },
  qwen2: { patterns: [laterPieces('\\p{N}')], normalizer: { type: 'NFC' } },
  'deepseek-r1-qwen': { patterns: [laterPieces('\\p{N}')], normalizer: { type: 'NFC' } },
  'llama-bpe': { patterns: [laterPieces('\\p{N}{1,3}')], ignoreMerges: true },
};

/** The part of a `tokenizer.json` that cuts texts by patterns and spells pieces as bytes. */
export function preTokenizerJson(patterns: readonly string[]): Json {
  const splits = patterns.map((pattern) => ({
    type: 'Split',
    pattern: { Regex: pattern },
    behavior: 'Isolated',
    invert: false,
  }));
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return { type: 'Sequence', pretokenizers: [...splits, bytes] };
}
