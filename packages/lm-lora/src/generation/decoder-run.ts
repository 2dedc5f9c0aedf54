import { type AttentionExtension, type SessionState, tokenKinds } from '@nano-emox/engine';
import { type ComponentHandle, floatResult } from '@nano-emox/engine/runtime';
import { type FloatTensor, floatTensor, type HostTensor, type RunOptions } from '@nano-emox/tensor-contract';
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

  /** Logits `[vocabSize]` of each of `rows`. Views of one buffer, owned by the caller. */
  async append({ inputIds, signal, ...given }: AppendedTokens): Promise<Float32Array[]> {
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
    const { data } = floatResult(await this.handle.run(inputs, { state: this.state, signal }), 'logits');
    this.length += inputIds.length;
    return rows.map((_, index) => data.subarray(index * vocabSize, (index + 1) * vocabSize));
  }

  /** What the run keeps: `past.N.key`, `past.N.value`, and what an extension carries. Copies. */
  readCache(): Promise<Readonly<Record<string, HostTensor>>> {
    return this.state.read();
  }

  /** Frees the cache. Idempotent. */
  dispose(): Promise<void> {
    return this.state.dispose();
  }
}
