import {
  type AttentionConfig,
  rejectUnknownFields,
  requireDivisible,
  requirePositive,
  requireSizes,
} from '@nano-emox/engine';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { type LoraConfig, resolveLoraConfig } from './lora-config';

/** Tokens with a meaning for generation. */
export type SpecialTokens = {
  /** Put first in every sequence; `null` puts none. @default 0 */
  readonly bos: number | null;
  /** Any of them ends a text; the first is the one a training sequence ends with. @default [1] */
  readonly eos: readonly number[];
};

/** Sizes of a decoder of the Qwen2 / Llama family: RMSNorm, rotary positions, grouped-query attention, SwiGLU. */
export type DecoderConfig = {
  readonly vocabSize: number;
  /** Width of the residual stream, and of soft tokens. */
  readonly hidden: number;
  readonly layers: number;
  /** Query heads; a multiple of `keyHeads`. */
  readonly heads: number;
  /** Key and value heads. @default heads */
  readonly keyHeads: number;
  /** @default hidden / heads */
  readonly headDim: number;
  /** Width inside the feed-forward network. */
  readonly mlp: number;
  /** Base of the rotary frequencies. @default 10000 */
  readonly ropeTheta: number;
  /** @default 1e-6 */
  readonly rmsEps: number;
  /** Whether q, k and v have a bias (Qwen2) or none (Llama). @default false */
  readonly attentionBias: boolean;
  /** Whether the output matrix is the embedding table. @default true */
  readonly tiedHead: boolean;
  /** Longest sequence, prompt and answer together. @default 2048 */
  readonly maxPositions: number;
  readonly specialTokens: SpecialTokens;
  /** Absent: no low-rank matrices. */
  readonly lora?: LoraConfig;
  /** Settings of another attention; whoever builds the decoder gives the extension of that `type`. Absent: plain attention. */
  readonly attention?: AttentionConfig;
};

/** What a caller may give: LoRA and the special tokens may be partial too. */
export type DecoderConfigInput = Partial<Omit<DecoderConfig, 'lora' | 'specialTokens' | 'attention'>> & {
  readonly specialTokens?: Partial<SpecialTokens>;
  readonly lora?: Partial<LoraConfig> | undefined;
  readonly attention?: AttentionConfig | undefined;
};

const counts = ['vocabSize', 'hidden', 'layers', 'heads', 'keyHeads', 'headDim', 'mlp', 'maxPositions'] as const;

function reject(field: string, message: string, hint: string): never {
  throw new InvalidConfigError({ message: `decoder: config.${field} ${message}`, hint, field });
}

function resolveSpecialTokens({ bos = 0, eos = [1] }: Partial<SpecialTokens>, vocabSize: number): SpecialTokens {
  const isToken = (id: number) => Number.isInteger(id) && id >= 0 && id < vocabSize;
  if (bos !== null && !isToken(bos)) reject('specialTokens.bos', `is ${bos}`, `Give null or an id below ${vocabSize}.`);
  if (!eos.every(isToken)) reject('specialTokens.eos', `is [${eos.join(', ')}]`, `Give ids below ${vocabSize}.`);
  return { bos, eos };
}

function requireType(attention: AttentionConfig): AttentionConfig {
  if (typeof attention.type === 'string') return attention;
  return reject('attention.type', `is ${JSON.stringify(attention.type)}`, 'Name the extension, e.g. duplex-attention.');
}

function required(sizes: Partial<DecoderConfig>, field: 'vocabSize' | 'hidden' | 'layers' | 'heads' | 'mlp'): number {
  return sizes[field] ?? reject(field, 'is missing', 'Give it, or start from a preset: { ...presets.tiny, … }.');
}

/**
 * Fills defaults and validates. `vocabSize`, `hidden`, `layers`, `heads` and `mlp` have none, but no configuration at all
 * means `presets.tiny`.
 * @throws InvalidConfigError naming the field
 */
export function resolveDecoderConfig(config: DecoderConfigInput): DecoderConfig {
  if (Object.keys(config).length === 0) return presets.tiny;
  const { lora, specialTokens, attention, ...given } = config;
  const [vocabSize, hidden] = [required(given, 'vocabSize'), required(given, 'hidden')];
  const [layers, heads, mlp] = [required(given, 'layers'), required(given, 'heads'), required(given, 'mlp')];
  const resolved = {
    vocabSize,
    hidden,
    layers,
    heads,
    keyHeads: given.keyHeads ?? heads,
    headDim: given.headDim ?? hidden / heads,
    mlp,
    ropeTheta: given.ropeTheta ?? 10_000,
    rmsEps: given.rmsEps ?? 1e-6,
    attentionBias: given.attentionBias ?? false,
    tiedHead: given.tiedHead ?? true,
    maxPositions: given.maxPositions ?? 2048,
  };
  const where = 'decoder';
  rejectUnknownFields(where, given, resolved);
  requireSizes(where, resolved, counts);
  requireDivisible(where, resolved, 'heads', 'keyHeads');
  requirePositive(where, resolved, 'ropeTheta');
  requirePositive(where, resolved, 'rmsEps');
  if (resolved.headDim % 2 !== 0) reject('headDim', `is ${resolved.headDim}`, 'Rotary positions need an even number.');
  return {
    ...resolved,
    specialTokens: resolveSpecialTokens(specialTokens ?? {}, vocabSize),
    ...(lora && { lora: resolveLoraConfig(lora) }),
    ...(attention && { attention: requireType(attention) }),
  };
}

/** Published sizes and small ones of the same structure. */
export const presets = {
  /** Small enough to train on a laptop. */
  tiny: resolveDecoderConfig({
    vocabSize: 4096,
    hidden: 256,
    layers: 6,
    heads: 8,
    keyHeads: 4,
    headDim: 32,
    mlp: 704,
    maxPositions: 768,
    lora: { rank: 8, alpha: 16 },
  }),
  /**
   * SmolLM2-135M-Instruct (its config.json): a real language model for laptops. It allows 8,192 positions; a clip with its
   * answer needs fewer.
   */
  small: resolveDecoderConfig({
    vocabSize: 49_152,
    hidden: 576,
    layers: 30,
    heads: 9,
    keyHeads: 3,
    headDim: 64,
    mlp: 1536,
    ropeTheta: 100_000,
    rmsEps: 1e-5,
    tiedHead: true,
    maxPositions: 2048,
    specialTokens: { bos: 1, eos: [2, 0] }, // <|im_start|>, <|im_end|>, <|endoftext|>
    lora: { rank: 16, alpha: 32, dropout: 0.05 },
  }),
  /**
   * Qwen2.5-1.5B-Instruct (its config.json) with the LoRA of Nano-EmoX. The model allows 32,768 positions; a clip with its
   * answer needs at most 2,048 (the released training code cuts at 1,024 + 1,024), and the rotary table is sized by this.
   */
  paper: resolveDecoderConfig({
    vocabSize: 151_936,
    hidden: 1536,
    layers: 28,
    heads: 12,
    keyHeads: 2,
    headDim: 128,
    mlp: 8960,
    ropeTheta: 1_000_000,
    rmsEps: 1e-6,
    attentionBias: true,
    tiedHead: true,
    maxPositions: 2048,
    specialTokens: { bos: 151_644, eos: [151_645] }, // <|im_start|>, <|im_end|>
    lora: { rank: 16, alpha: 32, dropout: 0.05 },
  }),
} satisfies Record<string, DecoderConfig>;
