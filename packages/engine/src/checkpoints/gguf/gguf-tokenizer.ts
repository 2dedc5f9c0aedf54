import { InvalidConfigError } from '@nano-emox/tensor-contract';
import type { GgufFields } from './gguf-language-model';
import { preTokenizerJson, preTokenizers } from './pre-tokenizers';
import { sentencePieceMerges } from './sentence-piece-merges';

/** A tokenizer out of a GGUF file. */
export interface GgufTokenizer {
  /** Content of a `tokenizer.json` of the Hugging Face tokenizers library. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Jinja template that writes a conversation, if the file has one. */
  readonly chatTemplate: string | undefined;
  /** Put first in every sequence; `undefined` where the file says that nothing is. */
  readonly bosId: number | undefined;
  /** Any of them ends a text: the end of a sequence, of a turn, of a message. */
  readonly eosIds: readonly number[];
  readonly paddingId: number | undefined;
}

/** Kinds of tokens, `tokenizer.ggml.token_type`. @see enum llama_token_type in llama.h */
const CONTROL = 3;
const USER_DEFINED = 4;
const UNKNOWN = 2;

interface Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
}

/**
 * The tokenizer that a GGUF file carries: byte-level BPE (`gpt2`) or SentencePiece BPE (`llama`).
 * @throws InvalidConfigError on another kind, an unknown way of cutting texts, or lists that do not fit each other
 */
export function ggufTokenizer(metadata: GgufFields): GgufTokenizer {
  const vocabulary = readVocabulary(metadata);
  const kind = metadata['tokenizer.ggml.model'];
  if (kind !== 'gpt2' && kind !== 'llama')
    return reject('model', `is ${JSON.stringify(kind)}, gpt2 and llama are read`);
  const parts = kind === 'gpt2' ? byteLevelParts(metadata, vocabulary) : sentencePieceParts(metadata, vocabulary);
  const template = metadata['tokenizer.chat_template'];
  const bosId = tokenId(metadata, 'bos_token_id', vocabulary);
  const addsBos = metadata['tokenizer.ggml.add_bos_token'] ?? kind === 'llama';
  return {
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokens(vocabulary),
      post_processor: null,
      ...parts,
    },
    chatTemplate: typeof template === 'string' ? template : undefined,
    bosId: addsBos === true ? bosId : undefined,
    eosIds: endIds(metadata, vocabulary),
    paddingId: tokenId(metadata, 'padding_token_id', vocabulary),
  };
}

function readVocabulary(metadata: GgufFields): Vocabulary {
  const tokens = metadata['tokenizer.ggml.tokens'];
  if (!isTexts(tokens) || tokens.length === 0) return reject('tokens', 'is not a list of texts');
  if (new Set(tokens).size !== tokens.length) reject('tokens', 'holds a token twice');
  const types = metadata['tokenizer.ggml.token_type'] ?? tokens.map(() => 1);
  if (!isNumbers(types) || types.length !== tokens.length) return reject('token_type', 'does not fit the tokens');
  return { tokens, types };
}

function byteLevelParts(metadata: GgufFields, { tokens }: Vocabulary) {
  const merges = metadata['tokenizer.ggml.merges'];
  if (!isTexts(merges)) return reject('merges', 'is not a list of texts');
  const name = String(metadata['tokenizer.ggml.pre'] ?? 'default');
  const way = Object.hasOwn(preTokenizers, name) ? preTokenizers[name] : undefined;
  if (way === undefined)
    return reject('pre', `is ${JSON.stringify(name)}; ${Object.keys(preTokenizers).join(', ')} are read`);
  return {
    normalizer: way.normalizer ?? null,
    pre_tokenizer: preTokenizerJson(way.patterns),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: bpe(tokens, merges.map(splitMerge), { ignore_merges: way.ignoreMerges ?? false }),
  };
}

/** Spaces are written as U+2581, and bytes without a token as `<0x41>`. */
function sentencePieceParts(metadata: GgufFields, { tokens, types }: Vocabulary) {
  const scores = metadata['tokenizer.ggml.scores'];
  if (!isNumbers(scores) || scores.length !== tokens.length) return reject('scores', 'does not fit the tokens');
  const addsSpace = metadata['tokenizer.ggml.add_space_prefix'] ?? true;
  const unknown = types.indexOf(UNKNOWN);
  return {
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(addsSpace === true ? [{ type: 'Prepend', prepend: '\u2581' }] : []),
        { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
      ],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(addsSpace === true ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: bpe(tokens, sentencePieceMerges(tokens, scores), {
      byte_fallback: true,
      fuse_unk: true,
      unk_token: unknown === -1 ? null : tokens[unknown],
    }),
  };
}

const bpe = (tokens: readonly string[], merges: readonly (readonly [string, string])[], options: object) => ({
  type: 'BPE',
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
  ...options,
  vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
  merges,
});

/** The first space that is not part of a token cuts a merge: spaces in tokens are spelled otherwise. */
function splitMerge(merge: string): readonly [string, string] {
  const space = merge.indexOf(' ', 1);
  return space === -1
    ? reject('merges', `holds ${JSON.stringify(merge)}`)
    : [merge.slice(0, space), merge.slice(space + 1)];
}

/** Tokens that are recognised in a text as they stand; control tokens are special, which decoding may leave out. */
const addedTokens = ({ tokens, types }: Vocabulary) =>
  tokens.flatMap((content, id) => {
    const type = types[id] as number;
    if (type !== CONTROL && type !== USER_DEFINED && type !== UNKNOWN) return [];
    const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return [{ id, content, ...plain, special: type !== USER_DEFINED }];
  });

/** Control tokens that end a turn although files may not say so. @see `llama_vocab::impl::load` of llama.cpp, special_eog_ids */
const turnEnds = ['<|im_end|>', '<|eot_id|>', '<|end|>', '<end_of_turn>', '<|endoftext|>', '<|eom_id|>'];

function endIds(metadata: GgufFields, vocabulary: Vocabulary): number[] {
  const stated = ['eos_token_id', 'eot_token_id', 'eom_token_id'].map((key) => tokenId(metadata, key, vocabulary));
  const known = vocabulary.tokens.flatMap((token, id) =>
    vocabulary.types[id] === CONTROL && turnEnds.includes(token) ? [id] : [],
  );
  return [...new Set([...stated, ...known])].filter((id) => id !== undefined);
}

function tokenId(metadata: GgufFields, key: string, { tokens }: Vocabulary): number | undefined {
  const id = metadata[`tokenizer.ggml.${key}`];
  if (id === undefined) return undefined;
  const isToken = typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < tokens.length;
  return isToken ? id : reject(key, `is ${String(id)}, not one of ${tokens.length} tokens`);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

function reject(field: string, problem: string): never {
  throw new InvalidConfigError({
    message: `GGUF tokenizer: tokenizer.ggml.${field} ${problem}`,
    hint: 'Give the tokenizer.json of the model beside the file.',
    field: `tokenizer.ggml.${field}`,
  });
}
