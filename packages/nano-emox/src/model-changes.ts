import { type AdapterConfig, resolveAdapterConfig } from '@nano-emox/adapters';
import { presets as attentionPresets } from '@nano-emox/duplex-attention';
import { type FusionConfig, resolveFusionConfig } from '@nano-emox/fusion-experts';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, type OptionalBranch, resolveModelConfig } from './model-config';

/** What an ablation changes in a configuration, as plain data (`Ablation['model']` of `@nano-emox/p2e`). */
export interface ModelChanges {
  /** Branches that contribute nothing. */
  readonly without?: readonly OptionalBranch[];
  readonly fusionType?: FusionConfig['type'];
  /** Of the video and the audio adapter. */
  readonly adapterType?: AdapterConfig['type'];
  /** Rank of the low-rank matrices; `alpha / rank`, their scale, stays. */
  readonly loraRank?: number;
  /** Attention of the language model: plain, or a preset of the duplex attention. */
  readonly attention?: 'plain' | keyof typeof attentionPresets;
}

/**
 * A configuration with one or more parts exchanged. Sizes that the new part alone has follow from those of its neighbours,
 * in the proportions of the published configurations, so that it is about as large as the old.
 * @throws InvalidConfigError
 */
export function changeModelConfig(config: EmotionModelConfig, changes: ModelChanges): EmotionModelConfig {
  const { without, fusionType, adapterType, loraRank, attention } = changes;
  return resolveModelConfig({
    ...config,
    ...(without && { without }),
    ...(fusionType && { fusion: fusionOfType(config, fusionType) }),
    ...(adapterType && {
      videoAdapter: adapterOfType(config.videoAdapter, adapterType),
      audioAdapter: adapterOfType(config.audioAdapter, adapterType),
    }),
    languageModel: withAttention(
      loraRank === undefined ? config.languageModel : withRank(config.languageModel, loraRank),
      attention,
    ),
  });
}

/** Common width: that of the scene features; the Q-Former: that of the video adapter; the router: an eighth (1024 → 128). */
function fusionOfType({ fusion, videoAdapter }: EmotionModelConfig, type: FusionConfig['type']): FusionConfig {
  if (type === fusion.type) return fusion;
  const { audioDim, sceneDim, lmDim, tokens } = fusion;
  const widths = { audioDim, sceneDim, lmDim, tokens };
  const hidden = 'hidden' in videoAdapter ? videoAdapter.hidden : sceneDim;
  const { heads, mlpDim, layers } =
    videoAdapter.type === 'qformer' ? videoAdapter : { heads: 4, mlpDim: 4 * hidden, layers: 2 };
  const ofType: Readonly<Record<FusionConfig['type'], Partial<FusionConfig>>> = {
    multiscale: { type: 'multiscale', ...widths, hidden: sceneDim / 2 },
    qformer: { type: 'qformer', ...widths, commonDim: sceneDim, hidden, heads, mlpDim, layers },
    attention: { type: 'attention', ...widths, commonDim: sceneDim },
    densemoe: { type: 'densemoe', ...widths, commonDim: sceneDim, routerDim: Math.ceil(sceneDim / 8) },
  };
  return resolveFusionConfig(ofType[type] ?? { type }); // which says what is wrong with an unknown type
}

function adapterOfType(adapter: AdapterConfig, type: AdapterConfig['type']): AdapterConfig {
  if (type === adapter.type) return adapter;
  const { modality, inputDim, lmDim } = adapter;
  const widths = { modality, inputDim, lmDim };
  const tokens = 'tokens' in adapter ? { tokens: adapter.tokens } : {};
  const hidden = 'hidden' in adapter ? adapter.hidden : inputDim;
  const ofType: Readonly<Record<AdapterConfig['type'], Partial<AdapterConfig>>> = {
    qformer: { type: 'qformer', ...widths, ...tokens, hidden, heads: 4, mlpDim: 4 * hidden },
    mean: { type: 'mean', ...widths, ...tokens },
    attention: { type: 'attention', ...widths, ...tokens },
    mlp: { type: 'mlp', ...widths, hidden },
    linear: { type: 'linear', ...widths },
  };
  return resolveAdapterConfig(ofType[type] ?? { type });
}

function withAttention(
  decoder: EmotionModelConfig['languageModel'],
  attention: ModelChanges['attention'],
): EmotionModelConfig['languageModel'] {
  if (attention === undefined) return decoder;
  const { attention: _, ...plain } = decoder;
  if (attention === 'plain') return plain;
  if (attention in attentionPresets) return { ...plain, attention: attentionPresets[attention] };
  throw new InvalidConfigError({
    message: `there is no attention called ${attention}`,
    hint: `Choose plain or one of ${Object.keys(attentionPresets).join(', ')}.`,
    field: 'languageModel.attention',
  });
}

function withRank(decoder: EmotionModelConfig['languageModel'], rank: number): EmotionModelConfig['languageModel'] {
  const { lora } = decoder;
  if (!lora) {
    throw new InvalidConfigError({
      message: 'the language model has no low-rank matrices whose rank could change',
      hint: 'Start from a configuration with languageModel.lora.',
      field: 'languageModel.lora',
    });
  }
  return { ...decoder, lora: { ...lora, rank, alpha: (lora.alpha / lora.rank) * rank } };
}
