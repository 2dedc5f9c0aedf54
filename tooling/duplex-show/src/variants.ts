import { presets } from '@nano-emox/duplex-attention';
import type { DecoderConfig } from '@nano-emox/lm-lora';

/** The rows of the ablation: what of the duplex attention a decoder has. */
export const variants = {
  plain: undefined,
  mask: presets.maskOnly,
  aligners: presets.alignersOnly,
  duplex: presets.paper,
} as const;
export type Variant = keyof typeof variants;
export const variantNames = Object.keys(variants) as readonly Variant[];

/** A decoder with a variant instead of its attention. */
export function withVariant({ attention: _, ...plain }: DecoderConfig, variant: Variant): DecoderConfig {
  const attention = variants[variant];
  return attention ? { ...plain, attention } : plain;
}
