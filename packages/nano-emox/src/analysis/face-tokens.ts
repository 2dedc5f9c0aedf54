import type { Executor } from '@nano-emox/engine';
import { type ComponentHandle, componentFromWeights, floatResult } from '@nano-emox/engine/runtime';
import { type FaceEncoder, type FaceEncoderConfig, faceTokensModule, resolveConfig } from '@nano-emox/face-encoder';
import type { FloatTensor, RunOptions } from '@nano-emox/tensor-contract';

/**
 * The half of a face encoder behind its features, for frames that were encoded before. Compiled when it is first used; the
 * encoder's weights are shared. Must be disposed before the executor.
 */
export class FaceTokens {
  private handle: Promise<ComponentHandle<FaceEncoderConfig>> | undefined;

  constructor(
    private readonly encoder: FaceEncoder,
    private readonly executor: Executor,
  ) {}

  /** float32 `[batch, queries, lmDim]` of features float32 `[batch, frames, headWidth]`. @throws AbortedError */
  async of(features: FloatTensor, options: RunOptions): Promise<FloatTensor> {
    this.handle ??= this.compile();
    const handle = await this.handle;
    return floatResult(await handle.run({ features }, options), 'tokens');
  }

  /** Idempotent. */
  async dispose(): Promise<void> {
    const handle = await this.handle?.catch(() => undefined); // whoever asked was told
    await handle?.dispose();
  }

  /** What failed once, for want of memory perhaps, is tried again by the next. */
  private async compile(): Promise<ComponentHandle<FaceEncoderConfig>> {
    const definition = { type: 'face-tokens', module: faceTokensModule, resolveConfig };
    const { config, weights } = this.encoder;
    try {
      return await componentFromWeights(definition, config, weights, { executor: this.executor });
    } catch (error) {
      this.handle = undefined;
      throw error;
    }
  }
}
