import { type AttentionExtension, type Precision, type SessionState, tokenKinds } from '@nano-emox/engine';
import { type ComponentHandle, floatResult } from '@nano-emox/engine/runtime';
import {
  type FloatTensor,
  floatTensor,
  type HostTensor,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import { emptyCache } from '../decoder/generation-module';
import { TEXT_TOKEN } from '../sequence/tokenize-prompt';

/** New tokens of a sequence. */
export interface AppendedTokens extends RunOptions {
  readonly inputIds: readonly number[];
  /** Row of `softTokens` per token, −1 for text. @default all text */
  readonly spliceIndex?: readonly number[];
  /** `[1, soft, hidden]`. @default none */
  readonly softTokens?: FloatTensor;
  /** `tokenKinds` of each token; read where the model has an attention extension. @default all of the answer */
  readonly kinds?: readonly number[];
  /** Position of each token. @default behind the tokens so far */
  readonly positions?: readonly number[];
  /** Tokens see only new tokens of their own branch, and all tokens before. @default one branch */
  readonly branch?: readonly number[];
  /** Tokens whose logits are wanted, as indices into `inputIds`. @default the last */
  readonly rows?: readonly number[];
}

const row = (values: readonly number[]): HostTensor<'int64'> => ({
  type: 'int64',
  dims: [1, values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** A compiled generation graph and the attention extension it was made with. */
export interface RunnableDecoder {
  readonly handle: ComponentHandle<DecoderConfig>;
  readonly extension?: AttentionExtension | undefined;
}

/**
 * Tokens read in one run of the graph; a longer prompt is read in parts, so that memory for scores grows with its length and not with
 * the square of it.
 */
const MAX_TOKENS_PER_RUN = 512;

/** Products of 4-bit weights with many rows take several times as long as those of 8 bits, so prompts are read in these. */
export const promptPrecision = ({ precision }: ComponentHandle<DecoderConfig>): Precision =>
  precision === 'int4' ? 'int8' : precision;

/** One sequence in the making: tokens are appended, their keys and values stay in the runtime. Must be disposed. */
export class DecoderRun {
  /** Tokens so far. */
  length = 0;

  private constructor(
    private readonly handle: ComponentHandle<DecoderConfig>,
    private readonly state: SessionState,
  ) {}

  static async start({ handle, extension }: RunnableDecoder): Promise<DecoderRun> {
    return new DecoderRun(handle, await handle.createState(emptyCache(handle.config, extension)));
  }

  /** Logits `[vocabSize]` of each of `rows`, in their order. Owned by the caller. */
  async append(tokens: AppendedTokens): Promise<Float32Array[]> {
    const { inputIds, branch, positions } = tokens;
    // Branches see one another's beginnings only within a run; so may an extension, and positions of one's own belong to branches.
    const isWhole = this.handle.config.attention || branch || positions || inputIds.length <= MAX_TOKENS_PER_RUN;
    if (isWhole) return this.appendRun(tokens);
    const rows = tokens.rows ?? [inputIds.length - 1];
    const logits: Float32Array[] = [];
    for (let start = 0; start < inputIds.length; start += MAX_TOKENS_PER_RUN) {
      throwIfAborted(tokens.signal, 'generate');
      const end = start + MAX_TOKENS_PER_RUN;
      const places = rows.flatMap((row, index) => (row >= start && row < end ? index : []));
      const found = await this.appendRun({
        ...tokens,
        inputIds: inputIds.slice(start, end),
        ...(tokens.spliceIndex && { spliceIndex: tokens.spliceIndex.slice(start, end) }),
        rows: places.length > 0 ? places.map((place) => (rows[place] as number) - start) : [0],
      });
      places.forEach((place, index) => {
        logits[place] = found[index] as Float32Array;
      });
    }
    return logits;
  }

  private async appendRun({ inputIds, signal, ...given }: AppendedTokens): Promise<Float32Array[]> {
    const { hidden, vocabSize, attention } = this.handle.config;
    const rows = given.rows ?? [inputIds.length - 1];
    const inputs = {
      inputIds: row(inputIds),
      spliceIndex: row(given.spliceIndex ?? inputIds.map(() => TEXT_TOKEN)),
      positions: row(given.positions ?? inputIds.map((_, index) => this.length + index)),
      branch: row(given.branch ?? inputIds.map(() => 0)),
      softTokens: given.softTokens ?? floatTensor(new Float32Array(0), [1, 0, hidden]),
      rows: { ...row(rows), dims: [rows.length] },
      ...(attention && { kinds: row(given.kinds ?? inputIds.map(() => tokenKinds.answer)) }),
    };
    const precision = inputIds.length > 1 ? promptPrecision(this.handle) : undefined;
    const { data } = floatResult(await this.handle.run(inputs, { state: this.state, signal, precision }), 'logits');
    this.length += inputIds.length;
    return rows.map((_, index) => data.subarray(index * vocabSize, (index + 1) * vocabSize));
  }

  /** What the run keeps, by the names of the inputs of the graph. Copies. */
  readCache(): Promise<Readonly<Record<string, HostTensor>>> {
    return this.state.read();
  }

  /** Frees the cache. Idempotent. */
  dispose(): Promise<void> {
    return this.state.dispose();
  }
}
