import { duplexAttention } from '@nano-emox/duplex-attention';
import { productFlops, traceModule } from '@nano-emox/engine';
import { type DecoderConfig, decoderModuleWith } from '@nano-emox/lm-lora';
import { type Variant, variantNames, withVariant } from './variants';

/** Multiplications and additions of matrix products per token, of a decoder that reads `tokens` at once. */
export interface CountedCost {
  readonly tokens: number;
  readonly flopsPerToken: Readonly<Record<Variant, number>>;
}

/** Counts, for each number of tokens, half of them soft. */
export function countedCosts(config: DecoderConfig, tokenCounts: readonly number[]): readonly CountedCost[] {
  return tokenCounts.map((tokens) => ({
    tokens,
    flopsPerToken: Object.fromEntries(
      variantNames.map((variant) => {
        const axes = { batch: 1, time: tokens, soft: tokens / 2 };
        const graph = traceModule(decoderModuleWith(duplexAttention), withVariant(config, variant), { axes });
        return [variant, productFlops(graph) / tokens];
      }),
    ) as Record<Variant, number>,
  }));
}
