import { rejectUnknownFields, requireChoice, requireDivisible, requirePositive, requireSizes } from '@nano-emox/engine';
import type { Modality } from '@nano-emox/tensor-contract';

/** What every adapter reads and writes. */
type AdapterWidths = {
  /** Modality whose soft tokens the adapter makes; decides the weight names. @default 'frame' */
  readonly modality: Modality;
  /** Width of the features. @default 1024 (256 for `mlp`) */
  readonly inputDim: number;
  /** Width of the language model's embeddings. @default 1536 */
  readonly lmDim: number;
};

/** Learned queries read the features through a Q-Former. */
export type QFormerAdapterConfig = AdapterWidths & {
  readonly type: 'qformer';
  /** Learned queries, which become as many soft tokens. @default 32 */
  readonly tokens: number;
  /** Width of the queries. @default 768 */
  readonly hidden: number;
  /** Attention heads; divides `hidden`. @default 12 */
  readonly heads: number;
  /** Width inside the feed-forward blocks. @default 3072 */
  readonly mlpDim: number;
  /** @default 2 */
  readonly layers: number;
  /** Rows of the time embedding: the most time steps it can read. @default 32, for audio 8 */
  readonly positions: number;
  /** @default 1e-12 */
  readonly layerNormEpsilon: number;
};

/** One vector for the whole clip, copied to every token: the mean over time, or a sum weighted by learned scores. */
export type PooledAdapterConfig = AdapterWidths & {
  readonly type: 'mean' | 'attention';
  /** Number of copies. @default 32 */
  readonly tokens: number;
};

/** Two layers with a GELU between, at every time step. */
export type MlpAdapterConfig = AdapterWidths & {
  readonly type: 'mlp';
  /** Width between the layers. @default 768 */
  readonly hidden: number;
};

/** One layer, at every time step. */
export type LinearAdapterConfig = AdapterWidths & { readonly type: 'linear' };

/** Configuration of an adapter; `type` chooses the network. @default 'qformer' */
export type AdapterConfig = QFormerAdapterConfig | PooledAdapterConfig | MlpAdapterConfig | LinearAdapterConfig;

const where = 'Adapter';
const paperWidths = { inputDim: 1024, lmDim: 1536 };
const paperTokens = 32;

/** Published sizes of each type (released configuration of Nano-EmoX and its BERT-base Q-Former). */
const defaults = {
  qformer: {
    ...paperWidths,
    tokens: paperTokens,
    hidden: 768,
    heads: 12,
    mlpDim: 3072,
    layers: 2,
    positions: 32,
    layerNormEpsilon: 1e-12,
  },
  mean: { ...paperWidths, tokens: paperTokens },
  attention: { ...paperWidths, tokens: paperTokens },
  mlp: { ...paperWidths, inputDim: 256, hidden: 768 },
  linear: paperWidths,
};

/** Clips the released audio branch reads, and so rows of its time embedding. */
const audioPositions = 8;

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveAdapterConfig(config: Partial<AdapterConfig>): AdapterConfig {
  const { type = 'qformer', modality = 'frame' } = config;
  requireChoice(where, { type }, 'type', Object.keys(defaults));
  requireChoice(where, { modality }, 'modality', ['frame', 'face', 'audio', 'multi']);
  const positions = type === 'qformer' && modality === 'audio' ? { positions: audioPositions } : {};
  const resolved = { type, modality, ...defaults[type], ...positions, ...config } as AdapterConfig;
  rejectUnknownFields(where, config, { type, modality, ...defaults[type] });
  const { layerNormEpsilon: _, ...sizes } = { layerNormEpsilon: 0, ...defaults[type] };
  requireSizes(where, resolved, Object.keys(sizes) as 'inputDim'[]);
  if (resolved.type === 'qformer') {
    requireDivisible(where, resolved, 'hidden', 'heads');
    requirePositive(where, resolved, 'layerNormEpsilon');
  }
  return resolved;
}

const tinyQFormer = {
  type: 'qformer',
  inputDim: 128,
  lmDim: 256,
  tokens: 8,
  hidden: 128,
  heads: 4,
  mlpDim: 512,
  layers: 2,
} as const;

/** Ready configurations by modality: `paper` has the published sizes, `tiny` those of the embedded model. */
export const presets = {
  paper: {
    frame: resolveAdapterConfig({ type: 'qformer', modality: 'frame' }),
    audio: resolveAdapterConfig({ type: 'qformer', modality: 'audio' }),
    face: resolveAdapterConfig({ type: 'mlp', modality: 'face' }),
  },
  tiny: {
    frame: resolveAdapterConfig({ ...tinyQFormer, modality: 'frame' }),
    audio: resolveAdapterConfig({ ...tinyQFormer, modality: 'audio' }),
    face: resolveAdapterConfig({ type: 'mlp', modality: 'face', inputDim: 128, hidden: 256, lmDim: 256 }),
  },
} as const;
