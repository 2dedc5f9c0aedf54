import { InvalidFileError } from '@nano-emox/tensor-contract';
import type { TokenizerJson } from '../tokenizer/text-tokenizer';
import { readBytes } from './read-model';

interface Piece {
  readonly text: string;
  readonly score: number;
}

/** The first three pieces are control tokens, whatever they are called; 256 pieces for single bytes follow. */
const CONTROL_TOKENS = ['<unk>', '<s>', '</s>'];
const FIRST_MERGED_PIECE = CONTROL_TOKENS.length + 256;

/** Pieces of the file: the longest length, then score (float32), length (int32) and bytes of each. */
function readPieces(bytes: Uint8Array, path: string): Piece[] {
  const reject = (problem: string): never => {
    throw new InvalidFileError({
      message: `${path} is not a llama2.c tokenizer: ${problem}`,
      hint: 'Give the .bin file that `python tokenizer.py` writes, of the same vocabulary as the model.',
      path,
    });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieces: Piece[] = [];
  for (let offset = 4; offset < bytes.byteLength; ) {
    if (offset + 8 > bytes.byteLength) reject('it is truncated');
    const score = view.getFloat32(offset, true);
    const length = view.getInt32(offset + 4, true);
    offset += 8;
    if (length < 0 || offset + length > bytes.byteLength) reject('it is truncated');
    try {
      pieces.push({ text: decoder.decode(bytes.subarray(offset, offset + length)), score });
    } catch {
      reject(`piece ${pieces.length} is not UTF-8`);
    }
    offset += length;
  }
  if (pieces.length < FIRST_MERGED_PIECE)
    reject(`it has ${pieces.length} pieces, at least ${FIRST_MERGED_PIECE} belong`);
  return pieces;
}

/**
 * SentencePiece joins, of all neighbours whose union is a piece, those with the best-scored union. A list of merges ordered by
 * that score does the same: every way to split a piece into two others, best piece first.
 */
function mergesOf(pieces: readonly Piece[]): [string, string][] {
  const known = new Set(pieces.map(({ text }) => text));
  return pieces
    .slice(FIRST_MERGED_PIECE)
    .toSorted((a, b) => b.score - a.score)
    .flatMap(({ text }) => {
      const characters = Array.from(text);
      return characters
        .slice(1)
        .map((_, index): [string, string] => [
          characters.slice(0, index + 1).join(''),
          characters.slice(index + 1).join(''),
        ])
        .filter(([left, right]) => known.has(left) && known.has(right));
    });
}

/**
 * Reads a tokenizer file of llama2.c and rewrites it as a `tokenizer.json`: byte-pair encoding with single bytes for what the
 * vocabulary lacks, and a space in front of every text.
 * @throws MissingFileError, InvalidFileError
 * @see https://github.com/karpathy/llama2.c run.c, functions `build_tokenizer` and `encode`
 */
export async function readLlama2cTokenizer(path: string): Promise<TokenizerJson> {
  const file = readPieces(await readBytes(path), path);
  const pieces = file.map((piece, id) => ({ ...piece, text: CONTROL_TOKENS[id] ?? piece.text }));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: CONTROL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Prepend', prepend: ' ' },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(pieces.map(({ text }, id) => [text, id])),
      merges: mergesOf(pieces),
    },
  };
}
