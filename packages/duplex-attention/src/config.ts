import { type AttentionConfig, rejectUnknownFields, requireChoice, requirePositive } from '@nano-emox/engine';
import { InvalidConfigError, type Modality } from '@nano-emox/tensor-contract';

/** `type` of these settings in the configuration of a decoder. */
export const DUPLEX_ATTENTION = 'duplex-attention';

/** What both variants share. */
type CommonConfig = {
  readonly type: typeof DUPLEX_ATTENTION;
  /** Whether keys are aligned. @default true */
  readonly aligners: boolean;
  /** Whether pseudo-attention takes up excess attention. @default true for `paper`, false for `code`, which has none */
  readonly mask: boolean;
  /** Decay β of the pseudo-attention scores from one future place to the next. The paper gives no value. @default 0.01 */
  readonly maskDecay: number;
  /** Soft tokens that are aligned with text, and text with them; others take part in attention unchanged. @default all four */
  readonly visual: readonly Modality[];
};

/** Alignment as the paper has it: both directions, Gram matrices of keys. */
export type PaperVariantConfig = CommonConfig & {
  readonly variant: 'paper';
  /** How aligned keys join the originals: a linear map of both side by side, or a scaled sum. @default 'concat' */
  readonly fuser: 'concat' | 'add';
};

/** Alignment as the released code has it: visual keys only, product of keys and values, a linear map after a scaled sum. */
export type CodeVariantConfig = CommonConfig & { readonly variant: 'code' };

/** Settings of the duplex attention. @default variant 'paper' */
export type DuplexAttentionConfig = PaperVariantConfig | CodeVariantConfig;

const where = DUPLEX_ATTENTION;
const modalities = ['frame', 'face', 'audio', 'multi'] as const satisfies readonly Modality[];
const common = { type: DUPLEX_ATTENTION, aligners: true, maskDecay: 0.01, visual: modalities } as const;
const defaults = {
  paper: { ...common, variant: 'paper', mask: true, fuser: 'concat' },
  code: { ...common, variant: 'code', mask: false },
} as const satisfies Readonly<Record<string, DuplexAttentionConfig>>;

function requireModalities(visual: unknown): void {
  const isList = Array.isArray(visual) && visual.length > 0 && new Set(visual).size === visual.length;
  if (isList && visual.every((modality) => modalities.includes(modality))) return;
  throw new InvalidConfigError({
    message: `${where}: config.visual is ${JSON.stringify(visual)}`,
    hint: `Name one or more of ${modalities.join(', ')}, each once.`,
    field: 'visual',
  });
}

/** Fills defaults and validates. @throws InvalidConfigError naming the field */
export function resolveDuplexConfig(
  config: Partial<DuplexAttentionConfig> | AttentionConfig = {},
): DuplexAttentionConfig {
  const { variant = 'paper' } = config as Partial<DuplexAttentionConfig>;
  requireChoice(where, { variant }, 'variant', Object.keys(defaults));
  const known: DuplexAttentionConfig = defaults[variant];
  rejectUnknownFields(where, config, known);
  const resolved = { ...known, ...config } as DuplexAttentionConfig;
  requireChoice(where, resolved, 'type', [DUPLEX_ATTENTION]);
  requireChoice(where, resolved, 'aligners', [true, false]);
  requireChoice(where, resolved, 'mask', [true, false]);
  requirePositive(where, resolved, 'maskDecay');
  requireModalities(resolved.visual);
  if (resolved.variant === 'paper') requireChoice(where, resolved, 'fuser', ['concat', 'add']);
  return resolved;
}

/** The two variants, and the rows of the paper's ablation (mask, aligners, both) as settings. */
export const presets = {
  paper: defaults.paper,
  code: defaults.code,
  maskOnly: { ...defaults.paper, aligners: false },
  alignersOnly: { ...defaults.paper, mask: false },
} as const satisfies Readonly<Record<string, DuplexAttentionConfig>>;
