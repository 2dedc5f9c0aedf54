import { Tokenizer } from '@huggingface/tokenizers';
import { InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { LimitError, withinTime } from '../within-time';
import { TextStream } from './text-stream';

/** Content of a `tokenizer.json` of the Hugging Face tokenizers library. */
export type TokenizerJson = Readonly<Record<string, unknown>>;

/**
 * A tokenizer.json holds regular expressions, and a hostile one can take for ever on thirty characters. Usual ones cut a million in a
 * second; the busiest machine gets a hundred times as long.
 */
const timeLimitMs = (length: number): number => 2_000 + Math.ceil(length / 10);

/**
 * Text to token ids and back, from a `tokenizer.json`. Adds no tokens of its own: where a sequence begins and ends is decided
 * by whoever builds it. Special tokens written out in a text are recognised.
 */
export class TextTokenizer {
  /** Special tokens by their text. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** One more than the largest id; a model may have more rows than that, never fewer. */
  readonly vocabSize: number;
  private readonly specialIds: ReadonlySet<number>;
  /** No usual tokenizer does. */
  private readonly decodesByPattern: boolean;

  private constructor(
    /** What the tokenizer was made from, for saving. */
    readonly json: TokenizerJson,
    private readonly tokenizer: Tokenizer,
    private readonly source: string,
  ) {
    const special = [...tokenizer.get_added_tokens_decoder()].filter(([, token]) => token.special);
    this.specialTokens = new Map(special.map(([id, token]) => [token.content, id]));
    this.specialIds = new Set(special.map(([id]) => id));
    this.decodesByPattern = JSON.stringify(json.decoder ?? null).includes('"Regex"');
    let largest = -1;
    for (const id of tokenizer.get_vocab(true).values()) largest = Math.max(largest, id);
    this.vocabSize = largest + 1;
  }

  /**
   * @param source where `json` came from, for messages
   * @throws InvalidFileError when `json` is not a tokenizer this library can read
   */
  static fromJson(json: TokenizerJson, source = 'tokenizer.json'): TextTokenizer {
    try {
      // The clean-up of spaces before punctuation would make decoding lossy.
      return new TextTokenizer(json, new Tokenizer(json, { clean_up_tokenization_spaces: false }), source);
    } catch (cause) {
      throw unusable(source, cause);
    }
  }

  /** Ids of `text`, without any added beginning or end. @throws InvalidFileError when the patterns of the file do not come to an end */
  encode(text: string): number[] {
    if (text === '') return [];
    return this.limited(text.length, () => this.tokenizer.encode(text, { add_special_tokens: false }).ids);
  }

  /** The id that the tokenizer itself would put before a text, if any; {@link encode} never does. */
  beginningId(): number | undefined {
    const probe = 'a';
    const { ids } = this.limited(1, () => this.tokenizer.encode(probe, { add_special_tokens: true }));
    return ids[0] === this.encode(probe)[0] ? undefined : ids[0];
  }

  /** Text of `ids`; incomplete characters become U+FFFD. @throws InvalidArgumentError on an id outside the vocabulary */
  decode(ids: readonly number[], options: { readonly skipSpecialTokens?: boolean } = {}): string {
    for (const id of ids) {
      if (Number.isInteger(id) && id >= 0) continue;
      throw new InvalidArgumentError({
        message: `TextTokenizer.decode: ${id} is not a token id`,
        hint: `Ids are whole numbers from 0 to ${this.vocabSize - 1}.`,
        argument: 'ids',
      });
    }
    // A model may have more rows than the tokenizer has tokens: such an id has no text.
    const known = ids.filter((id) => this.tokenizer.id_to_token(id) !== undefined);
    const kept = options.skipSpecialTokens ? known.filter((id) => !this.specialIds.has(id)) : known;
    if (kept.length === 0) return '';
    const decode = () => this.tokenizer.decode([...kept]);
    return this.decodesByPattern ? this.limited(kept.length, decode) : decode();
  }

  /** Id of a token by its text in the vocabulary, e.g. `<|im_end|>`. */
  tokenId(token: string): number | undefined {
    return this.tokenizer.token_to_id(token);
  }

  /** Starts decoding token by token. `context` are ids right before, which some tokenizers need to place spaces. */
  stream(context: readonly number[] = []): TextStream {
    return new TextStream((ids) => this.decode(ids, { skipSpecialTokens: true }), context);
  }

  private limited<T>(length: number, work: () => T): T {
    try {
      return withinTime(timeLimitMs(length), work);
    } catch (cause) {
      if (!(cause instanceof LimitError)) throw cause;
      throw unusable(this.source, cause);
    }
  }
}

const unusable = (source: string, cause: unknown) =>
  new InvalidFileError({
    message: `${source} is not a usable tokenizer: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Give the tokenizer.json that belongs to the model.',
    path: source,
    cause,
  });
